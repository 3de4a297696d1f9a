// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_curve.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/base/error.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

/// a(e^{2πij/points}) for 0 ≤ j ≤ points/2; points ≥ n.
std::vector<Complex> sampled(std::span<const double> taps, std::size_t points) {
  if (taps.empty() || !std::ranges::all_of(taps, [](double w) { return std::isfinite(w); }))
    throw ArgumentError("a symbol needs finite taps, at least one");
  const auto fft = model::RealFft<double>::of_length(points);
  model::AlignedVector<double> padded(points);
  model::AlignedVector<Complex> values(fft->spectrum_size());
  std::ranges::copy(taps, padded.begin());
  fft->forward(padded.data(), values.data());
  std::vector<Complex> curve(values.begin(), values.end());
  for (Complex& value : curve) value = std::conj(value);  // the transform has e^{−iθ}
  return curve;
}

/// Points on the whole circle: 16 and more a turn of the fastest term.
std::size_t fine(std::span<const double> taps) {
  return 16 * std::bit_ceil(taps.size());
}

}  // namespace

std::vector<Complex> uniform_symbol(std::span<const double> taps) {
  return sampled(taps, 2 * taps.size());
}

std::vector<double> modulus_quantiles(std::span<const double> taps, std::size_t count) {
  if (count == 0) throw ArgumentError("at least one interval of quantiles is needed");
  std::vector<double> modulus;
  for (const Complex value : sampled(taps, fine(taps))) modulus.push_back(std::abs(value));
  std::ranges::sort(modulus);
  std::vector<double> quantiles;
  for (std::size_t i = 0; i <= count; ++i) quantiles.push_back(modulus[i * (modulus.size() - 1) / count]);
  return quantiles;
}

}  // namespace tmm::analysis
