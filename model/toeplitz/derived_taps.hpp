// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tmm::model {

/// Taps that a network computes from stored numbers, as real numbers and as it rounds them.
struct DerivedTaps {
  std::vector<double> taps;  ///< w_k, the real numbers meant, rounded to double
  double error_l1 = 0;       ///< proven: Σ_k |taps[k] − w_k| ≤ this
  /// As the network computes them: in the type that it stores (single: float32), with the rounding of this
  /// machine's elementary functions, which may differ from another's by units in the last place.
  std::vector<double> network;
};

/// w_k = ln(1 + e^{x_k}) of the stored x_k; the network returns x itself above 20, as PyTorch's softplus
/// does. This and the two below throw ArgumentError for numbers that are not finite.
DerivedTaps softplus_taps(std::span<const double> raw, bool single);

/// w_k = (1 − α) α^k for k < count, α = 1/(1 + e^{−logit}): an exponential average, cut.
DerivedTaps exponential_average_taps(double logit, std::size_t count, bool single);

/// w_k = sign(x_k) max(|x_k| − λ, 0). Throws ArgumentError for λ < 0.
DerivedTaps soft_threshold_taps(std::span<const double> raw, double lambda, bool single);

}  // namespace tmm::model
