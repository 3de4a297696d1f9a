// SPDX-License-Identifier: MIT
#include "analysis/spectrum/scaled_inverse.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t first_length = 64;

/// First m of w_k ρ^k.
std::vector<double> damped(std::span<const double> taps, std::size_t m, long double log2_rho) {
  std::vector<double> result(m);
  for (std::size_t k = 0; k < m; ++k)
    result[k] = static_cast<double>(taps[k] * std::exp2(static_cast<long double>(k) * log2_rho));
  return result;
}

bool usable(const std::vector<double>& b) {
  return std::ranges::all_of(b, [](double x) { return std::isfinite(x) && std::fabs(x) < 1e280; });
}

double largest_in(const std::vector<double>& b, std::size_t from, std::size_t to) {
  double largest = 0;
  for (std::size_t k = from; k < to; ++k) largest = std::fmax(largest, std::fabs(b[k]));
  return largest;
}

/// Growth of |b̃| in bits a step, between the second and the last quarter.
long double growth(const std::vector<double>& b) {
  const std::size_t m = b.size();
  const double early = largest_in(b, m / 4, m / 2), late = largest_in(b, 3 * m / 4, m);
  if (early == 0 || late == 0) return 0;
  return (std::log2(static_cast<long double>(late)) - std::log2(static_cast<long double>(early))) /
         (static_cast<long double>(m) / 2);
}

}  // namespace

ScaledInverse scaled_inverse(std::span<const double> taps) {
  if (taps.empty() || taps[0] == 0) throw ArgumentError("an operator with w_0 = 0 has no inverse");
  const std::size_t n = taps.size();
  ScaledInverse result;
  std::size_t m = std::min(n, first_length);
  for (int attempts = 0;; ++attempts) {
    const model::CausalToeplitz section(damped(taps, m, result.log2_rho));
    result.taps = section.inverse_taps();
    if (!usable(result.taps)) {
      // Growth still too fast to see: half a bit a step more. Weights of very different size need several
      // rounds.
      if (attempts > 4000) throw ArgumentError("the inverse grows too fast to be computed");
      result.log2_rho -= m > first_length ? 64 / static_cast<long double>(m) : 4;
      continue;
    }
    const long double faster = growth(result.taps);
    const bool moved = std::fabs(faster) * static_cast<long double>(n) > 16;
    const long double next = std::min(0.0L, result.log2_rho - faster);
    if (m == n) break;
    if (moved) result.log2_rho = next;
    m = std::min(n, 2 * m);
  }

  // b̃ (1 + r) = 1/ã·…: with r = ã b̃ − 1, the true b̃ is b̃/(1 + r), so ‖Δ‖_∞ ≤ ‖b̃‖_∞ ‖r‖₁/(1 − ‖r‖₁).
  const std::vector<double> a = damped(taps, n, result.log2_rho);
  const Eigen::VectorXd product = model::CausalToeplitz(a).apply(
      Eigen::Map<const Eigen::VectorXd>(result.taps.data(), static_cast<Eigen::Index>(n)));
  double residual = std::fabs(product(0) - 1);
  for (Eigen::Index k = 1; k < product.size(); ++k) residual += std::fabs(product(k));
  const double largest = largest_in(result.taps, 0, n);
  result.error =
      residual < 0.5 ? largest * residual / (1 - residual) : std::numeric_limits<double>::infinity();
  return result;
}

}  // namespace tmm::analysis
