// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "model/checkpoint/layer_operator.hpp"

namespace tmm::model {

/// ln(1 + e^r), and r itself above 20, where the two are one number in float32 (PyTorch's definition). Within
/// 4·2⁻⁵² of the real number, relatively.
double softplus(double r);

/// Replaces the stored numbers in layer.taps by w_k = ln(1 + e^{r_k}), and sets derivation, tap_error_l1 and
/// network_taps (model/toeplitz/derived_taps.hpp).
void derive_softplus_taps(LayerOperator& layer);

/// Sets taps to w_k = (1 − α)α^k, k < n, with α = 1/(1 + e^{−logit}), and derivation and tap_error_l1.
void derive_average_taps(LayerOperator& layer, double logit, std::size_t n);

/// c_t = Σ_{k≤t} w_k.
std::vector<double> running_sums(const std::vector<double>& taps);

}  // namespace tmm::model
