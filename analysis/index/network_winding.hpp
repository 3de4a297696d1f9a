// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/index/winding.hpp"
#include "model/network/tmm.hpp"

namespace tmm::analysis {

/// Winding number of one Toeplitz operator of a network; its Fredholm index is −N.
struct OperatorWinding {
  std::string label;  ///< as model::layer_label writes it: "3", "enc.0.h1", …
  Winding winding;
};

/// Labels of all Toeplitz operators, in the order of model::toeplitz_layers.
std::vector<std::string> operator_labels(const model::Tmm<float>& network);

/// Certified winding numbers of all Toeplitz operators of a network as it is, on up to `threads` threads; for
/// following a training run: no margins are refined, no arcs are kept. Throws ArgumentError for weights that
/// are not finite.
std::vector<OperatorWinding> network_windings(const model::Tmm<float>& network, std::size_t threads);

}  // namespace tmm::analysis
