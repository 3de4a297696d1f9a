// SPDX-License-Identifier: MIT
#include "analysis/index/published_winding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using std::numbers::pi;

/// The samples, their taps scaled to max|w| = 1, and what the FFT may have got wrong in each.
struct Samples {
  std::vector<std::complex<double>> values;
  double error = 0;
};

Samples sample(std::span<const double> taps) {
  constexpr std::size_t count = published_samples;
  Samples samples;
  double largest = 0, sum = 0;
  for (const double w : taps) largest = std::max(largest, std::fabs(w));
  if (largest == 0) return samples;
  int exponent = 0;
  std::frexp(largest, &exponent);
  model::AlignedVector<double> folded(count);  // z^k repeats with k mod count on the samples
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const double w = std::ldexp(taps[k], -exponent);
    folded[k % count] += w;
    sum += std::fabs(w);
  }
  const auto fft = model::RealFft<double>::of_length(count);
  model::AlignedVector<std::complex<double>> half(fft->spectrum_size());
  fft->forward(folded.data(), half.data());
  samples.values.resize(count);
  for (std::size_t k = 0; k < count; ++k)  // Σ w_k z^{−k}, as the transform has it; the taps are real
    samples.values[k] = k < half.size() ? half[k] : std::conj(half[count - k]);
  samples.error = 32 * std::numeric_limits<double>::epsilon() * sum;
  return samples;
}

}  // namespace

Measure published_winding(std::span<const double> taps) {
  const Samples samples = sample(taps);
  if (samples.values.empty()) return Measure::not_defined("zero operator");
  double sum = 0, slack = 0, before = 0;
  for (std::size_t t = 0; t < samples.values.size(); ++t) {
    const std::complex<double> b = samples.values[t];
    if (b == 0.0) return Measure::not_defined("the symbol is 0 at a sample");
    const double phase = std::arg(b);
    slack += 2 * samples.error / std::abs(b) + 8e-16;
    if (t > 0) {
      if (b.real() < 0 && phase < 0 && before > 0)
        sum += (pi + phase) + (pi - before);
      else if (b.real() < 0 && phase > 0 && before < 0)
        sum += (pi - phase) + (pi + before);
      else
        sum += phase - before;
    }
    before = phase;
  }
  const double turns = sum / (2 * pi), value = std::nearbyint(turns);
  const bool clear = 0.5 - std::fabs(turns - value) > slack / (2 * pi);
  return {value, Status::numerical, clear ? 0.0 : 1.0,
          fmt::format("{} open samples, as a published script sums their rotations: no index",
                      published_samples)};
}

}  // namespace tmm::analysis
