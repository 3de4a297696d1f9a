// SPDX-License-Identifier: MIT
#include "analysis/spectrum/laurent_inverse.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<long double>;
using model::AlignedVector;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// Disagreement with the principal parts, relative to the largest coefficient, that is still rounding.
constexpr double agreement = 1e-12;

// Half-turns about 0 of the polygon through samples whose first and last are real: its crossings of the real
// axis, counterclockwise ones positive, both ends taken for points of the upper half-plane.
long half_turns(std::span<const std::complex<double>> samples) {
  const auto is_up = [](std::complex<double> a) { return a.imag() >= 0; };
  const auto is_left = [](std::complex<double> a) { return a.real() < 0 ? 1 : 0; };
  long turns = is_left(samples.back()) - is_left(samples.front());
  for (std::size_t k = 0; k + 1 < samples.size(); ++k) {
    const std::complex<double> a = samples[k], b = samples[k + 1];
    if (is_up(a) != is_up(b)) turns += a.real() * b.imag() > a.imag() * b.real() ? 1 : -1;
  }
  return turns;
}

// Turns samples of a into samples of 1/a; returns the winding number of a over the full circle: the
// half-turns over half of it, which is traversed with e^{−iθ}.
long invert_samples(AlignedVector<std::complex<double>>& samples) {
  const long turns = half_turns(samples);
  for (auto& a : samples)
    a = std::complex<double>(a.real(), -a.imag()) / (a.real() * a.real() + a.imag() * a.imag());
  return -turns;
}

// Subtracts Σ_k s·q^{start+k} from values[0], values[step], …: a geometric sequence, twice its real part for
// a pair.
void subtract_geometric(Complex factor, Complex ratio, int count, std::span<double> values, bool backwards) {
  Complex term = static_cast<long double>(count) * factor;
  for (std::size_t k = 0; k < values.size(); ++k) {
    values[backwards ? values.size() - 1 - k : k] -= static_cast<double>(term.real());
    term = {term.real() * ratio.real() - term.imag() * ratio.imag(),
            term.real() * ratio.imag() + term.imag() * ratio.real()};
  }
}

Complex power(Complex base, std::size_t exponent) {
  Complex result = 1;
  for (; exponent != 0; exponent >>= 1U, base *= base)
    if ((exponent & 1U) != 0) result *= base;
  return result;
}

// The N-point transform returns Σ_l c_{m+lN} ρ^{m+lN}. Removes the terms l ≠ 0 of one known zero from −n < m
// < n:
//   inside,  q = z/ρ:  (r/z) q^{N−m}/(1 − q^N)      outside,  q = ρ/z:  −(r/z) q^{N+m}/(1 − q^N)
void remove_aliasing(const SymbolZero& zero, double radius, std::size_t samples, std::span<double> scaled) {
  const bool is_inside = std::abs(zero.z) < radius;
  const Complex q =
      is_inside ? zero.z / static_cast<long double>(radius) : static_cast<long double>(radius) / zero.z;
  const std::size_t n = (scaled.size() + 1) / 2;
  const Complex first = power(q, samples - (n - 1));  // of m = n − 1 inside, of m = −(n − 1) outside
  if (std::abs(first) < 1e-20L) return;
  const Complex factor = zero.residue / zero.z * first / (1.0L - power(q, samples));
  subtract_geometric(is_inside ? factor : -factor, q, zero.count(), scaled, is_inside);
}

// max over −n < m < 0 of |c_m ρ^m − Σ_j r_j z_j^{−m−1} ρ^m|.
double principal_part_defect(std::span<const double> scaled, std::span<const SymbolZero> inside,
                             double radius) {
  const std::size_t n = (scaled.size() + 1) / 2;
  std::vector<double> defect(scaled.begin(), scaled.begin() + static_cast<std::ptrdiff_t>(n - 1));
  for (const SymbolZero& zero : inside)  // m = −1 first: r ρ^{−1}, then a factor z/ρ each
    subtract_geometric(zero.residue / static_cast<long double>(radius),
                       zero.z / static_cast<long double>(radius), zero.count(), defect, true);
  double largest = 0;
  for (const double d : defect) largest = std::max(largest, std::fabs(d));
  return largest;
}

}  // namespace

std::optional<LaurentInverse> laurent_inverse(std::span<const long double> taps, double radius,
                                              std::span<const SymbolZero> inside,
                                              std::span<const SymbolZero> outside,
                                              std::size_t samples_per_tap) {
  const std::size_t n = taps.size(), samples = std::bit_ceil(std::max<std::size_t>(samples_per_tap * n, 64));
  const auto fft = model::RealFft<double>::of_length(samples);
  AlignedVector<double> values(samples);
  long double power_of_radius = 1;
  for (std::size_t k = 0; k < n; ++k, power_of_radius *= radius)
    values[k] = static_cast<double>(taps[k] * power_of_radius);
  AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
  fft->forward(values.data(), spectrum.data());  // a(ρ e^{−iθ})
  const int expected = std::transform_reduce(inside.begin(), inside.end(), 0, std::plus<>(),
                                             [](const SymbolZero& zero) { return zero.count(); });
  if (invert_samples(spectrum) != expected) return std::nullopt;
  fft->inverse(spectrum.data(), values.data());

  LaurentInverse result{.radius = radius, .scaled = std::vector<double>(2 * n - 1), .largest = 0, .error = 0};
  const auto scaled = std::span(result.scaled);
  for (std::size_t i = 0; i < scaled.size(); ++i)
    scaled[i] = values[i + 1 >= n ? i + 1 - n : samples + i + 1 - n] / static_cast<double>(samples);
  for (const auto zeros : {inside, outside})
    for (const SymbolZero& zero : zeros) remove_aliasing(zero, radius, samples, scaled);
  for (const double c : scaled) result.largest = std::max(result.largest, std::fabs(c));
  const double defect = principal_part_defect(scaled, inside, radius);
  if (!(defect <= agreement * result.largest)) return std::nullopt;
  result.error = 2 * std::max(defect, epsilon / 4 * result.largest);
  return result;
}

}  // namespace tmm::analysis
