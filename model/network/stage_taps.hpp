// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/network/parameters.hpp"

namespace tmm::model {

/// Gives each product of a stage (one a head and kernel row) its row of the stage's weights, (heads·rows, n).
template <class Product, NetworkScalar T>
void set_taps(std::vector<Product>& products, const ToeplitzStage<T>& stage) {
  for (std::size_t i = 0; i < products.size(); ++i)
    products[i].set_taps(std::span(stage.weight).subspan(i * stage.context, stage.context));
}

}  // namespace tmm::model
