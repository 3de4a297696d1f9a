// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_maximum.hpp"

#include <algorithm>
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

/// Samples of |a| at the angles 2π(l·shifts + r)/(length·shifts), l < length, by one transform of the taps
/// turned by e^{2πi kr/(length·shifts)}: the largest of them.
double largest_sample(std::span<const double> taps, const ProvenFft& fft, std::size_t r, std::size_t shifts) {
  std::vector<double> re(fft.length()), im(fft.length());
  const auto roots = RootsOfUnity::table(fft.length() * shifts);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const std::complex<double> turn = (*roots)(k * r);
    re[fft.slot(k)] = taps[k] * turn.real();
    im[fft.slot(k)] = taps[k] * turn.imag();
  }
  fft.transform(re.data(), im.data());
  double largest = 0;
  for (std::size_t l = 0; l < fft.length(); ++l) largest = std::max(largest, std::hypot(re[l], im[l]));
  return largest;
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
  double sampled = 0;
  for (std::size_t r = 0; r < shifts; ++r)
    sampled = std::max(sampled, largest_sample(scaled, *fft, r, shifts));
  // Transform; turning each tap (twiddle and product, under 4u each part); hypot.
  const double error = (fft->error_factor() + 16 * unit_roundoff) * sum * 1.001 + 4 * unit_roundoff * sampled;
  const double points = static_cast<double>(4 * padded * shifts);
  const double spread = std::sqrt(std::cos(std::numbers::pi * static_cast<double>(taps.size() - 1) / points));
  const double lower = std::max(sampled - error, 0.0),
               upper = (sampled + error) / spread * (1 + 8 * unit_roundoff);
  return {scale_down(lower, exponent), scale_up(upper, exponent), lower, upper, exponent};
}

}  // namespace tmm::analysis
