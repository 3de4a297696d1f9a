// SPDX-License-Identifier: MIT
#include "model/toeplitz/minimum_phase.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tmm::model {

MinimumPhasePolynomial::MinimumPhasePolynomial(std::span<const double> u) {
  steps_.reserve(u.size() + 1);
  steps_.push_back({1.0});
  kappa_.reserve(u.size());
  for (const double value : u) {
    const double kappa = std::tanh(value);
    const std::vector<double>& before = steps_.back();
    const std::size_t k = before.size();  // p⁽ᵏ⁻¹⁾ has k coefficients, p⁽ᵏ⁾ one more
    std::vector<double> after(k + 1);
    after[0] = 1;
    for (std::size_t j = 1; j < k; ++j) after[j] = before[j] + kappa * before[k - j];
    after[k] = kappa;
    steps_.push_back(std::move(after));
    kappa_.push_back(kappa);
    ratio_ *= (1 - kappa) * (1 + kappa);
  }
}

std::vector<double> MinimumPhasePolynomial::pull_back(std::span<const double> gradient) const {
  std::vector<double> adjoint(gradient.begin(), gradient.end()), before(gradient.size());
  std::vector<double> result(kappa_.size());
  for (std::size_t k = kappa_.size(); k > 0; --k) {
    const std::vector<double>& p = steps_[k - 1];  // k coefficients
    const double kappa = kappa_[k - 1];
    // p⁽ᵏ⁾_j = p⁽ᵏ⁻¹⁾_j + κ p⁽ᵏ⁻¹⁾_{k−j}, where p⁽ᵏ⁻¹⁾_k = 0.
    double slope = 0;
    for (std::size_t j = 1; j <= k; ++j) slope += adjoint[j] * p[k - j];
    for (std::size_t j = 0; j < k; ++j) before[j] = adjoint[j] + kappa * adjoint[k - j];
    std::copy_n(before.begin(), k, adjoint.begin());
    result[k - 1] = slope * (1 - kappa) * (1 + kappa);
  }
  return result;
}

double MinimumPhasePolynomial::least_modulus() const {
  const auto p = coefficients();
  double sum = 0;
  for (const double x : p) sum += std::fabs(x);
  const double slope = std::numbers::pi * static_cast<double>(p.size()) * sum;  // πnM
  return 1 / (slope / ratio_ + 1 / slope);
}

bool survives_float32(const MinimumPhasePolynomial& polynomial) {
  double sum = 0;
  for (const double x : polynomial.coefficients()) sum += std::fabs(x);
  return 0x1p-23 * sum < polynomial.least_modulus();  // false for NaN
}

bool keep_off_the_circle(std::span<double> u) {
  bool changed = false;
  while (!survives_float32(MinimumPhasePolynomial(u))) {
    const bool finite = std::all_of(u.begin(), u.end(), [](double x) { return std::isfinite(x); });
    for (double& x : u) x = finite ? 0.98 * x : 0;
    changed = true;
    if (!finite) break;
  }
  return changed;
}

}  // namespace tmm::model
