// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/derived_taps.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "model/toeplitz/derived_taps.hpp"

namespace tmm::model {
namespace {

constexpr double threshold = 20;

/// Takes over what was derived, with its error and as the network rounds it.
void set_taps(LayerOperator& layer, DerivedTaps derived, const char* derivation) {
  layer.taps = std::move(derived.taps);
  layer.tap_error_l1 = derived.error_l1;
  layer.network_taps = std::move(derived.network);
  layer.derivation = derivation;
}

}  // namespace

double softplus(double r) {
  if (r > threshold) return r;
  return std::max(r, 0.0) + std::log1p(std::exp(-std::fabs(r)));
}

void derive_softplus_taps(LayerOperator& layer) {
  set_taps(layer, softplus_taps(layer.taps, layer.dtype != DType::float64), "softplus(weight_raw)");
}

void derive_average_taps(LayerOperator& layer, double logit, std::size_t n) {
  set_taps(layer, exponential_average_taps(logit, n, layer.dtype != DType::float64),
           "(1 - alpha) alpha^k, alpha = sigmoid(alpha_logits)");
}

std::vector<double> running_sums(const std::vector<double>& taps) {
  std::vector<double> sums(taps.size());
  std::partial_sum(taps.begin(), taps.end(), sums.begin());
  return sums;
}

}  // namespace tmm::model
