// SPDX-License-Identifier: MIT
#include "model/network/stage_taps.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"

namespace tmm::model {
namespace {

// PyTorch's softplus is the identity beyond this, and so is its slope 1.
constexpr double softplus_threshold = 20;

double softplus(double r) {
  return r > softplus_threshold ? r : std::max(r, 0.0) + std::log1p(std::exp(-std::fabs(r)));
}

double softplus_slope(double r) {
  return r > softplus_threshold ? 1 : 1 / (1 + std::exp(-r));
}

void require_softplus(TapDerivation derivation) {
  if (derivation != TapDerivation::softplus)
    throw ArgumentError("a Toeplitz stage has no taps of this derivation");
}

}  // namespace

template <NetworkScalar T>
std::vector<T> derive_taps(const ToeplitzStage<T>& stage) {
  if (stage.derivation == TapDerivation::none) return stage.weight;
  require_softplus(stage.derivation);
  std::vector<T> taps(stage.weight.size());
  std::ranges::transform(stage.weight, taps.begin(),
                         [](T r) { return static_cast<T>(softplus(static_cast<double>(r))); });
  return taps;
}

template <NetworkScalar T>
std::vector<T> inverse_row_sums(const ToeplitzStage<T>& stage) {
  if (!stage.mean_normalised) return {};
  if (stage.rows != 1) throw ArgumentError("a mean-normalised stage has one kernel row");
  const std::vector<T> taps = derive_taps(stage);
  std::vector<T> inverse(taps.size());
  double sum = 0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    if (i % stage.context == 0) sum = 0;
    sum += static_cast<double>(taps[i]);
    inverse[i] = static_cast<T>(1 / sum);
  }
  return inverse;
}

template <NetworkScalar T>
void add_tap_gradient(const ToeplitzStage<T>& stage, std::span<const T> tap_gradient, std::span<T> gradient) {
  if (stage.derivation == TapDerivation::none) {
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += tap_gradient[i];
    return;
  }
  require_softplus(stage.derivation);
  for (std::size_t i = 0; i < gradient.size(); ++i)
    gradient[i] += tap_gradient[i] * static_cast<T>(softplus_slope(static_cast<double>(stage.weight[i])));
}

template std::vector<float> derive_taps(const ToeplitzStage<float>&);
template std::vector<double> derive_taps(const ToeplitzStage<double>&);
template std::vector<float> inverse_row_sums(const ToeplitzStage<float>&);
template std::vector<double> inverse_row_sums(const ToeplitzStage<double>&);
template void add_tap_gradient(const ToeplitzStage<float>&, std::span<const float>, std::span<float>);
template void add_tap_gradient(const ToeplitzStage<double>&, std::span<const double>, std::span<double>);

}  // namespace tmm::model
