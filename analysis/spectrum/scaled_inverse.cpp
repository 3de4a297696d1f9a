// SPDX-License-Identifier: MIT
#include "analysis/spectrum/scaled_inverse.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spectrum/inverse_series.hpp"
#include "analysis/symbol/roots_of_unity.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t first_length = 64;
constexpr double infinity = std::numeric_limits<double>::infinity();
// ρ is a power 2^(integer/2^24): then k log₂ ρ is exact in long double for every k < 2^20 that can occur.
constexpr long double rho_steps = 1 << 24;
// Attempts to find a ρ that keeps the first weights in range, and later ones.
constexpr int first_attempts = 4000, later_attempts = 100;
// Cap of n·bits of ball_inverse, about ten seconds; bits of b below its largest weight that are wanted.
constexpr double largest_work = 3e7, wanted_bits = 60;

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

long double on_grid(long double log2_rho) {
  return std::round(log2_rho * rho_steps) / rho_steps;
}

double norm(std::span<const double> x) {
  long double sum = 0;
  for (const double v : x) sum += static_cast<long double>(v) * v;
  return static_cast<double>(std::sqrt(sum));
}

/// max|a| over the circle, from 4n samples or more: at most 1.42 of the largest sample (Ehlich & Zeller).
double largest_on_circle(std::span<const double> taps) {
  const auto fft = model::RealFft<double>::of_length(model::fast_fft_length(4 * taps.size()));
  model::AlignedVector<double> padded(fft->length());
  model::AlignedVector<std::complex<double>> values(fft->spectrum_size());
  std::ranges::copy(taps, padded.begin());
  fft->forward(padded.data(), values.data());
  double largest = 0;
  for (const auto& a : values) largest = std::max(largest, std::abs(a));
  return 1.42 * largest;
}

/// Bound of max|Δ| for b̃ = 1/ã: b̃ + Δ = b̃/(1 + r) with r = ã·b̃ − 1.
double inverse_error(std::span<const double> taps, const ScaledInverse& inverse) {
  const auto n = static_cast<Eigen::Index>(taps.size());
  const std::vector<double> a = damped(taps, taps.size(), inverse.log2_rho);
  Eigen::VectorXd residual =
      model::CausalToeplitz(a).apply(Eigen::Map<const Eigen::VectorXd>(inverse.taps.data(), n));
  residual(0) -= 1;
  // Rounding: of the weights a (to double, exp2 and product in long double), of the product.
  const double size = largest_on_circle(a), length = norm(inverse.taps), count = static_cast<double>(n);
  const double product = n < model::CausalToeplitz::direct_below ? count : 12 * (1 + std::log2(2 * count));
  const double lost = std::ldexp(count, -1074);
  const double r = residual.norm() + ((product + 4) * unit_roundoff * size + lost) * length;
  const double sum = std::sqrt(count) * r;
  return sum < 0.5 ? length * r / (1 - sum) : infinity;
}

/// Nearest double to x·2^−exponent.
double shifted_midpoint(const arb_struct* x, slong exponent) {
  arf_t value;
  arf_init(value);
  arf_mul_2exp_si(value, arb_midref(x), -exponent);
  const double result = arf_get_d(value, ARF_RND_NEAR);
  arf_clear(value);
  return result;
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
      if (attempts > (m > first_length ? later_attempts : first_attempts)) {
        result.error = infinity;
        return result;
      }
      result.log2_rho = on_grid(result.log2_rho - (m > first_length ? 64 / static_cast<long double>(m) : 4));
      continue;
    }
    const long double faster = growth(result.taps);
    const bool moved = std::fabs(faster) * static_cast<long double>(n) > 16;
    const long double next = std::min(0.0L, on_grid(result.log2_rho - faster));
    if (m == n) break;
    if (moved) result.log2_rho = next;
    m = std::min(n, 2 * m);
    attempts = 0;
  }
  result.error = inverse_error(taps, result);
  return result;
}

std::optional<ScaledInverse> ball_inverse(const ScaledTaps& scaled) {
  const auto n = static_cast<double>(scaled.taps.size());
  BallSeries series;
  for (double bits = 128; n * bits <= largest_work; bits *= 2) {
    invert_series(series, scaled.taps, static_cast<long>(bits));
    const SeriesSize size = size_of(series);
    if (!std::isfinite(size.largest) || size.largest - size.radius < wanted_bits) continue;
    ScaledInverse result;
    result.exponent = static_cast<std::int64_t>(std::ceil(size.largest));
    result.taps.resize(scaled.taps.size());
    for (slong k = 0; k < arb_poly_length(series.get()); ++k)
      result.taps[static_cast<std::size_t>(k)] =
          shifted_midpoint(arb_poly_get_coeff_ptr(series.get(), k), result.exponent);
    result.error = unit_roundoff + std::exp2(-wanted_bits);
    return result;
  }
  return std::nullopt;
}

}  // namespace tmm::analysis
