// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// Taps (H, k, n) of a stage whose `weight` holds something else (derivation).
template <NetworkScalar T>
std::vector<T> derive_taps(const ToeplitzStage<T>& stage);

/// 1/c_t with c_t = Σ_{k≤t} w_k, (H, n); empty unless the stage is mean-normalised.
template <NetworkScalar T>
std::vector<T> inverse_row_sums(const ToeplitzStage<T>& stage);

/// The chain rule of derive_taps: `gradient` (H, k, n) grows by `tap_gradient` ⊙ ∂w/∂weight.
template <NetworkScalar T>
void add_tap_gradient(const ToeplitzStage<T>& stage, std::span<const T> tap_gradient, std::span<T> gradient);

/// Gives each product of a stage (one a head and kernel row) its row of the stage's taps, (heads·rows, n).
template <class Product, NetworkScalar T>
void set_taps(std::vector<Product>& products, const ToeplitzStage<T>& stage) {
  const std::vector<T> derived =
      stage.derivation == TapDerivation::none ? std::vector<T>() : derive_taps(stage);
  const std::span<const T> taps = derived.empty() ? std::span<const T>(stage.weight) : derived;
  for (std::size_t i = 0; i < products.size(); ++i)
    products[i].set_taps(taps.subspan(i * stage.context, stage.context));
}

extern template std::vector<float> derive_taps(const ToeplitzStage<float>&);
extern template std::vector<double> derive_taps(const ToeplitzStage<double>&);
extern template std::vector<float> inverse_row_sums(const ToeplitzStage<float>&);
extern template std::vector<double> inverse_row_sums(const ToeplitzStage<double>&);
extern template void add_tap_gradient(const ToeplitzStage<float>&, std::span<const float>, std::span<float>);
extern template void add_tap_gradient(const ToeplitzStage<double>&, std::span<const double>,
                                      std::span<double>);

}  // namespace tmm::model
