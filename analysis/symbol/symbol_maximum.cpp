// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_maximum.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "analysis/symbol/proven_fft.hpp"
#include "analysis/symbol/roots_of_unity.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

/// max_l hypot(re_l, im_l). Squares tell where the largest can be; only there is a root taken.
double largest_modulus(std::span<const double> re, std::span<const double> im) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> best{};
  const std::size_t whole = re.size() / lanes * lanes;
  const auto square = [&](std::size_t l) { return re[l] * re[l] + im[l] * im[l]; };
  for (std::size_t l = 0; l < whole; l += lanes)
    for (std::size_t j = 0; j < lanes; ++j) best[j] = std::max(best[j], square(l + j));
  double limit = *std::ranges::max_element(best);
  for (std::size_t l = whole; l < re.size(); ++l) limit = std::max(limit, square(l));
  limit *= 1 - 16 * unit_roundoff;
  double largest = 0;
  for (std::size_t l = 0; l < re.size(); ++l)
    if (square(l) >= limit) largest = std::max(largest, std::hypot(re[l], im[l]));
  return largest;
}

/// Samples of |a| at the angles 2π(l·shifts + r)/(length·shifts), l < length, by one transform of the taps
/// turned by e^{2πi kr/(length·shifts)}: the largest of them. The transform is four times as long as the
/// taps.
double largest_sample(std::span<const double> taps, const ProvenFft& fft, std::size_t r, std::size_t shifts) {
  constexpr std::size_t copies = 4;
  std::vector<double> re(fft.length()), im(fft.length());
  const auto roots = RootsOfUnity::table(fft.length() * shifts);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const std::complex<double> turn = (*roots)(k * r);
    std::fill_n(&re[fft.slot(k)], copies, taps[k] * turn.real());
    std::fill_n(&im[fft.slot(k)], copies, taps[k] * turn.imag());
  }
  fft.transform(re.data(), im.data(), copies);
  return largest_modulus(re, im);
}

}  // namespace

SymbolMaximum symbol_maximum(std::span<const double> taps) {
  if (taps.empty()) throw ArgumentError("a symbol needs at least one tap");
  double largest_tap = 0;
  for (const double w : taps) {
    if (!std::isfinite(w)) throw ArgumentError("a symbol with a tap that is not finite has no maximum");
    largest_tap = std::max(largest_tap, std::fabs(w));
  }
  if (largest_tap == 0) return {};
  // Scaled by a power of two so that max|w| is in [½, 1): what underflows is below 2^−1074.
  int exponent = 0;
  (void)std::frexp(largest_tap, &exponent);
  std::vector<double> scaled(taps.size());
  double sum = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) sum += std::fabs(scaled[k] = std::ldexp(taps[k], -exponent));

  const std::size_t padded = std::bit_ceil(taps.size());
  const auto fft = ProvenFft::plan(4 * padded);
  const std::size_t shifts = taps.size() <= (1U << 14U) ? 16 : 2;
  // Transform; turning each tap (twiddle and product, under 4u each part); hypot.
  const auto error_of = [&](double sample) {
    return (fft->error_factor() + 16 * unit_roundoff) * sum * 1.001 + 4 * unit_roundoff * sample;
  };
  std::vector<double> largest(shifts);
  double sampled = 0;
  for (std::size_t r = 0; r <= shifts / 2; ++r)
    sampled = std::max(sampled, largest[r] = largest_sample(scaled, *fft, r, shifts));
  // |a(z)| = |a(z̄)|: the others are mirror images, within the errors of both.
  for (std::size_t r = shifts / 2 + 1; r < shifts; ++r)
    if (largest[shifts - r] + 3 * error_of(sampled) >= sampled)
      sampled = std::max(sampled, largest_sample(scaled, *fft, r, shifts));
  const double error = error_of(sampled);
  const double points = static_cast<double>(4 * padded * shifts);
  const double spread = std::sqrt(std::cos(std::numbers::pi * static_cast<double>(taps.size() - 1) / points));
  const double lower = std::max(sampled - error, 0.0),
               upper = (sampled + error) / spread * (1 + 8 * unit_roundoff);
  return {scale_down(lower, exponent), scale_up(upper, exponent), lower, upper, exponent};
}

}  // namespace tmm::analysis
