// SPDX-License-Identifier: MIT
#include "analysis/symbol/graded_zeros.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace tmm::analysis {
namespace {

using Complex = std::complex<long double>;
constexpr long double unit_roundoff = 0x1p-64L;

Complex times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}
Complex reciprocal(Complex z) {
  return std::conj(z) / std::norm(z);
}

/// The polynomial at z, or for |z| > 1 its reversal at x = 1/z: a(z) = z^d q(x).
struct Value {
  Complex x, value, slope;
  long double sum = 0;           // Σ|c_k||x|^k
  long double weighted_sum = 0;  // Σ k|c_k||x|^k
  bool outside = false;
};

Value evaluate(std::span<const long double> c, Complex z) {
  Value v;
  v.outside = std::norm(z) > 1;
  v.x = v.outside ? reciprocal(z) : z;
  const long double x = v.x.real(), y = v.x.imag(), modulus = std::abs(v.x);
  long double p = 0, q = 0, dp = 0, dq = 0, sum = 0, slope_sum = 0;
  const std::size_t d = c.size() - 1;
  for (std::size_t k = 0; k <= d; ++k) {
    const long double coefficient = v.outside ? c[k] : c[d - k];
    const long double dx = dp * x - dq * y + p;
    dq = dp * y + dq * x + q;
    dp = dx;
    const long double px = p * x - q * y + coefficient;
    q = p * y + q * x;
    p = px;
    slope_sum = slope_sum * modulus + sum;
    sum = sum * modulus + std::fabs(coefficient);
  }
  v.value = {p, q};
  v.slope = {dp, dq};
  v.sum = sum;
  v.weighted_sum = slope_sum * modulus;
  return v;
}

/// a/a' at z; a/a' = 1/(x (d − x q'/q)) for the reversal q.
Complex newton(const Value& v, long double degree) {
  const Complex slope = v.outside ? times(v.x, degree * v.value - times(v.x, v.slope)) : v.slope;
  return slope == Complex(0) ? Complex(0) : times(v.value, reciprocal(slope));
}

/// Bini's starting points. Parts of the hull whose moduli agree to 1e-6 are one circle: rounding must not cut
/// it into pieces with a few points each.
std::vector<Complex> starting_points(std::span<const long double> c) {
  std::vector<std::size_t> hull;
  std::vector<long double> height(c.size());
  const auto slope = [&](std::size_t i, std::size_t k) {
    return (height[k] - height[i]) / static_cast<long double>(k - i);
  };
  for (std::size_t k = 0; k < c.size(); ++k) {
    if (c[k] == 0) continue;
    height[k] = std::log(std::fabs(c[k]));
    while (hull.size() >= 2 && slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), k) + 1e-6L)
      hull.pop_back();
    hull.push_back(k);
  }
  std::vector<Complex> points;
  constexpr long double turn = 2 * std::numbers::pi_v<long double>;
  for (std::size_t i = 1; i < hull.size(); ++i) {
    const std::size_t count = hull[i] - hull[i - 1];
    const long double modulus = std::exp(-slope(hull[i - 1], hull[i]));
    for (std::size_t j = 0; j < count; ++j)
      points.push_back(std::polar(
          modulus, turn * static_cast<long double>(j) / static_cast<long double>(count) +
                       turn * static_cast<long double>(i) / static_cast<long double>(c.size()) + 0.7L));
  }
  return points;
}

/// Σ_{j≠i} 1/(z_i − z_j); `alone` tells whether all differences are other than 0.
Complex repulsion(std::span<const Complex> z, std::size_t i, bool& alone) {
  long double re = 0, im = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (j == i) continue;
    const long double dr = z[i].real() - z[j].real(), di = z[i].imag() - z[j].imag();
    const long double norm = dr * dr + di * di;
    if (norm == 0) {
      alone = false;
      continue;
    }
    const long double scale = 1 / norm;
    re += dr * scale;
    im -= di * scale;
  }
  return {re, im};
}

/// Moves z aside by a small share of itself, in a direction that depends on `number`.
Complex nudged(Complex z, std::size_t number, long double share) {
  return times(z, 1.0L + std::polar(share, 2.4L * static_cast<long double>(number) + 1));
}

/// About five seconds of sweeps, and never fewer than twenty of them.
int sweeps_allowed(std::size_t count) {
  const double n = static_cast<double>(count);
  return static_cast<int>(std::clamp(2e8 / (n * n), 20.0, 80.0));
}

void separate(std::vector<Complex>& z) {
  for (std::size_t i = 0; i < z.size(); ++i)
    for (int attempt = 0; attempt < 8; ++attempt) {
      bool alone = true;
      (void)repulsion(z, i, alone);
      if (alone) break;
      z[i] = nudged(z[i], i + static_cast<std::size_t>(attempt), 0x1p-40L);
    }
}

/// log2 |z| of a complex number whose square neither over- nor underflows.
long double log2_modulus(Complex z) {
  return std::log2(std::norm(z)) / 2;
}

/// Σ_{j≠i} log2 |z_i − z_j|, by a product that keeps its exponent apart.
long double log2_product(std::span<const Complex> z, std::size_t i) {
  long double product = 1;
  std::int64_t exponent = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (j == i) continue;
    int shift = 0;
    product = std::frexp(product * std::norm(z[i] - z[j]), &shift);
    exponent += shift;
  }
  return (std::log2(product) + static_cast<long double>(exponent)) / 2;
}

}  // namespace

std::vector<Complex> graded_zeros(std::span<const long double> coefficients) {
  std::vector<Complex> z = starting_points(coefficients);
  const auto degree = static_cast<long double>(z.size());
  std::vector<char> resting(z.size(), 0);
  const int sweeps = sweeps_allowed(z.size());
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    bool moved = false;
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (resting[i]) continue;
      moved = true;
      const Value v = evaluate(coefficients, z[i]);
      bool alone = true;
      const Complex sum = repulsion(z, i, alone);
      if (!alone) {  // the repulsion of two equal points has no direction: give it one
        z[i] = nudged(z[i], i + static_cast<std::size_t>(sweep), 1e-4L);
        continue;
      }
      const Complex correction = newton(v, degree);
      const Complex step = times(correction, reciprocal(1.0L - times(correction, sum)));
      const bool usable = std::isfinite(step.real()) && std::isfinite(step.imag());
      if (usable && z[i] != step) z[i] -= step;
      resting[i] = std::abs(v.value) <= 4 * unit_roundoff * v.sum ||
                   (usable && std::abs(step) <= 4 * unit_roundoff * std::abs(z[i]));
    }
    if (!moved) break;
  }
  separate(z);
  return z;
}

std::vector<ZeroDisc> smith_discs(std::span<const long double> coefficients,
                                  std::span<const Complex> approximations) {
  const auto degree = static_cast<long double>(approximations.size());
  const long double leading = std::log2(std::fabs(coefficients.back()));
  std::vector<ZeroDisc> discs;
  for (std::size_t i = 0; i < approximations.size(); ++i) {
    const Complex z = approximations[i];
    const Value v = evaluate(coefficients, z);
    // Horner: (4k + 4)u on each term |c_k||x|^k (Higham, ASNA, §5.1), 4ku from x = 1/z, and 9 for 8 covers
    // what the sums themselves lose.
    const long double error = 9 * unit_roundoff * (v.sum + v.weighted_sum);
    long double log2_radius = std::log2(degree) + std::log2(std::abs(v.value) + error) - leading;
    if (v.outside) log2_radius += degree * log2_modulus(z);
    log2_radius -= log2_product(approximations, i);
    // Exponents up to 1e7 carry errors below 1e-11 each.
    const long double radius = std::exp2(log2_radius) * (1 + 1e-9L);
    discs.push_back({z, std::isfinite(radius) ? radius : std::numeric_limits<long double>::infinity()});
  }
  return discs;
}

}  // namespace tmm::analysis
