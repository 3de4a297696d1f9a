// SPDX-License-Identifier: MIT
#include "analysis/measures/symbol_distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/measures/spectrum_measures.hpp"
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

/// A sample of n values by its distribution function, as far as it is known: at least #{high ≤ x}/n, at most
/// #{low ≤ x}/n.
struct Sample {
  std::vector<double> low, high;  // each ascending

  [[nodiscard]] static double share(const std::vector<double>& ascending, double x) {
    const auto count = std::ranges::upper_bound(ascending, x) - ascending.begin();
    return static_cast<double>(count) / static_cast<double>(ascending.size());
  }
};

/// How far the share of samples with |a| ≤ x may be from that of the circle: the set is a union of arcs, and
/// an arc of length l holds between l M/2π − 1 and l M/2π + 1 of M samples. One more for arcs between two
/// samples.
class ArcCounts {
 public:
  explicit ArcCounts(const std::vector<double>& modulus) : ascending_(modulus), arcs_(modulus.size()) {
    const std::size_t points = modulus.size();
    std::vector<std::size_t> order(points);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return modulus[k]; });
    std::vector<char> below(points, 0);
    std::size_t arcs = 0;
    for (std::size_t j = 0; j < points; ++j) {
      const std::size_t k = order[j];
      below[k] = 1;
      const auto neighbours =
          static_cast<std::size_t>(below[(k + 1) % points] + below[(k + points - 1) % points]);
      arcs += 1;
      arcs -= std::min(arcs, neighbours);
      arcs_[j] = arcs;
    }
    std::ranges::sort(ascending_);
  }

  [[nodiscard]] double error(double x) const {
    const auto below = std::ranges::upper_bound(ascending_, x) - ascending_.begin();
    const std::size_t arcs = below == 0 ? 0 : arcs_[static_cast<std::size_t>(below) - 1];
    return static_cast<double>(arcs + 1) / static_cast<double>(ascending_.size());
  }

 private:
  std::vector<double> ascending_;
  std::vector<std::size_t> arcs_;  // of {|a| ≤ x}, x the j-th smallest sample
};

/// sup |F − G| with equal what may be equal, and how much more it may be.
Measure avram_parter(const Sample& sigma, const std::vector<double>& modulus, double error) {
  Sample symbol{modulus, modulus};
  std::ranges::sort(symbol.low);
  symbol.high = symbol.low;
  for (double& x : symbol.low) x -= error;
  for (double& x : symbol.high) x += error;
  const ArcCounts arcs(modulus);
  double least = 0, lower = 0, upper = 0;
  // F − G is largest where F jumps, G − F where G does.
  const auto compare = [&](const Sample& up, const Sample& down) {
    for (const double x : up.high) {
      const double difference = Sample::share(up.high, x) - Sample::share(down.low, x);
      least = std::max(least, difference);
      lower = std::max(lower, difference - arcs.error(x));
    }
    for (const double x : up.low)
      upper = std::max(
          upper, Sample::share(up.low, x) - Sample::share(down.high, std::nextafter(x, -1)) + arcs.error(x));
  };
  compare(sigma, symbol);
  compare(symbol, sigma);
  upper = std::min(upper, 1.0);
  return {least, Status::numerical, std::max(upper - least, least - lower),
          "Kolmogorov-Smirnov distance to |a| on a fine grid"};
}

/// For w z^m the modulus is |w| everywhere and m of the n singular values are 0, the others |w|.
Measure avram_parter_of_delay(std::size_t leading_zeros, std::size_t n) {
  const double distance = static_cast<double>(leading_zeros) / static_cast<double>(n);
  return {distance, Status::certified, 0x1p-53 * distance, "exact: one weight"};
}

/// The singular values with their errors, in units of 2^exponent.
Sample sample_of(const Spectrum& spectrum, int exponent) {
  const ScaledReal unit = ScaledReal::from_binary(1, exponent);
  Sample sample;
  for (const SingularValue& s : spectrum.values) {
    const double value =
        ScaledReal{s.value.mantissa / unit.mantissa, s.value.exponent - unit.exponent}.to_double();
    const bool bound = s.status == Status::below_precision;
    const double error = bound ? 0 : value * (s.relative_error + 0x1p-50);
    sample.low.push_back(bound ? 0 : value - error);
    sample.high.push_back(value + error);
  }
  std::ranges::sort(sample.low);
  std::ranges::sort(sample.high);
  return sample;
}

/// FFTW's relative 2-norm error is below 8 u log₂ n (measured, not proven); pointwise at most that times
/// ‖w‖₁.
double transform_error(const std::vector<double>& taps, std::size_t points) {
  double sum = 0;
  for (const double w : taps) sum += std::fabs(w);
  return 4 * std::numeric_limits<double>::epsilon() * (1 + std::log2(static_cast<double>(points))) * sum;
}

/// taps: the weights times 2^−exponent, within `tap_error` in those units.
void append_circulant(OperatorReport& report, const std::vector<double>& taps, int exponent,
                      double tap_error) {
  const std::vector<double> modulus = sampled_modulus(taps, taps.size());
  const auto [least, most] = std::ranges::minmax(modulus);
  const double error = transform_error(taps, taps.size()) + tap_error;
  const std::string id = "circulant_sigma_min", method = "FFT of the weights, n points";
  const bool known = least > 2 * error;
  const double value = known ? least : least + error;
  const Status status = known ? Status::numerical : Status::below_precision;
  // In the range of double the unit is a power of two: no rounding. A bound may lose bits below it, upwards.
  if (const double plain = std::ldexp(value, exponent); std::isnormal(plain)) {
    report.measures.push_back({id, {plain, status, known ? std::ldexp(error, exponent) : 0, method}});
  } else if (!known && std::isfinite(plain)) {
    report.measures.push_back({id, {std::nextafter(plain, HUGE_VAL), status, 0, method}});
  } else {
    const ScaledReal scaled = ScaledReal::from_binary(value, exponent);
    report.measures.push_back(
        {id, Measure::not_defined("outside the range of double; see " + id + "_mantissa")});
    append_mantissa_and_exponent(report, id, scaled, status, error / least + conversion_error(scaled),
                                 method);
  }
  Measure condition{std::log10(most / least), Status::numerical, 0, method};
  if (known)
    condition.error = 0.4343 * (error / (least - error) + error / most) + 1e-15;
  else
    condition = {std::log10((most - error) / (least + error)) - 1e-15, Status::below_precision, 0, method,
                 Measure::Bound::lower};
  report.measures.push_back({"log10_circulant_condition", std::move(condition)});
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
  const double tap_error = std::ldexp(report.layer.tap_error_l1, -exponent);
  Measure distance;
  if (const ScaledTaps scaled = ScaledTaps::from(weights); scaled.is_delay() && tap_error == 0) {
    distance = avram_parter_of_delay(scaled.leading_zeros, weights.size());
  } else {
    const std::size_t points = 16 * std::bit_ceil(taps.size());
    distance = avram_parter(sample_of(*report.spectrum, exponent), sampled_modulus(taps, points),
                            transform_error(taps, points) + tap_error);
  }
  report.measures.push_back({"avram_parter_distance", std::move(distance)});
  append_circulant(report, taps, exponent, tap_error);
}

}  // namespace tmm::analysis
