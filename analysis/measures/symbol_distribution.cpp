// SPDX-License-Identifier: MIT
#include "analysis/measures/symbol_distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

/// |a| at `points` equispaced angles (the real symbol's lower half circle repeats the upper), with FFTW's
/// rounding.
std::vector<double> sampled_modulus(const std::vector<double>& taps, std::size_t points) {
  const auto fft = model::RealFft<double>::of_length(points);
  model::AlignedVector<double> padded(points);
  model::AlignedVector<std::complex<double>> values(fft->spectrum_size());
  std::ranges::copy(taps, padded.begin());
  fft->forward(padded.data(), values.data());
  std::vector<double> modulus;
  modulus.reserve(points);
  for (std::size_t k = 0; k < points; ++k) modulus.push_back(std::abs(values[std::min(k, points - k)]));
  return modulus;
}

/// sup |F − G| of the empirical distribution functions of two sorted samples.
double kolmogorov_smirnov(const std::vector<double>& a, const std::vector<double>& b) {
  double distance = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    distance = std::max(distance, std::fabs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                            static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return distance;
}

void append_circulant(OperatorReport& report, const std::vector<double>& taps, double unit) {
  const std::vector<double> modulus = sampled_modulus(taps, taps.size());
  const auto [least, most] = std::ranges::minmax(modulus);
  double sum = 0;
  for (const double w : taps) sum += std::fabs(w);
  // FFTW's relative 2-norm error is below 8 u log₂ n (measured, not proven); pointwise at most that times
  // ‖w‖₁.
  const double error =
      4 * std::numeric_limits<double>::epsilon() * (1 + std::log2(static_cast<double>(taps.size()))) * sum;
  const std::string method = "FFT of the weights, n points";
  if (least <= 2 * error) {
    report.measures.push_back(
        {"circulant_sigma_min", {(least + error) * unit, Status::below_precision, 0, method}});
    Measure at_least{std::log10((most - error) / (least + error)) - 1e-15, Status::below_precision, 0,
                     method};
    at_least.bound = Measure::Bound::lower;
    report.measures.push_back({"log10_circulant_condition", std::move(at_least)});
    return;
  }
  const double spread = error / (least - error) + error / most;
  report.measures.push_back({"circulant_sigma_min", {least * unit, Status::numerical, error * unit, method}});
  report.measures.push_back({"log10_circulant_condition",
                             {std::log10(most / least), Status::numerical, 0.4343 * spread + 1e-15, method}});
}

}  // namespace

void append_distribution_measures(OperatorReport& report) {
  const std::vector<double>& weights = report.layer.taps;
  const double largest =
      std::fabs(*std::ranges::max_element(weights, {}, [](double w) { return std::fabs(w); }));
  if (largest == 0) {
    for (const char* id : {"avram_parter_distance", "circulant_sigma_min", "log10_circulant_condition"})
      report.measures.push_back({id, Measure::not_defined("zero operator")});
    return;
  }
  // Scaled by a power of two, so that no sum overflows.
  const int exponent = std::ilogb(largest) + 1;
  std::vector<double> taps = weights;
  for (double& w : taps) w = std::ldexp(w, -exponent);
  std::vector<double> sigma;
  for (const SingularValue& value : report.spectrum->values)
    sigma.push_back(std::ldexp(value.value.to_double(), -exponent));
  std::vector<double> modulus = sampled_modulus(taps, 16 * std::bit_ceil(taps.size()));
  std::ranges::sort(sigma);
  std::ranges::sort(modulus);
  // Moving one value across another changes F by 1/n: that is the resolution of the distance.
  report.measures.push_back(
      {"avram_parter_distance",
       {kolmogorov_smirnov(sigma, modulus), Status::numerical, 1 / static_cast<double>(modulus.size()),
        "Kolmogorov-Smirnov distance to |a| on a fine grid"}});
  append_circulant(report, taps, std::ldexp(1.0, exponent));
}

}  // namespace tmm::analysis
