// SPDX-License-Identifier: MIT
#include "analysis/measures/symbol_distribution.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/spectrum/spectrum_checks.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

/// |a| at the angles 2πj/points of the upper half circle, j ≤ points/2, with FFTW's rounding: the real
/// symbol's lower half circle repeats them.
std::vector<double> sampled_modulus(const std::vector<double>& taps, std::size_t points) {
  const auto fft = model::RealFft<double>::of_length(points);
  model::AlignedVector<double> padded(points);
  model::AlignedVector<std::complex<double>> values(fft->spectrum_size());
  std::ranges::copy(taps, padded.begin());
  fft->forward(padded.data(), values.data());
  std::vector<double> modulus(values.size());
  std::ranges::transform(values, modulus.begin(), [](std::complex<double> a) { return std::abs(a); });
  return modulus;
}

/// n values, ascending, each between its bounds: so is the i-th smallest between the i-th smallest bounds.
struct Sample {
  std::vector<double> low, high;  // each ascending
};

/// The share G of the circle on which |a|² is at most y, enclosed. Between two samples, h apart, s = |a|² is
/// its chord up to h²/8 max|s''|. There |s''| is at most the larger second difference at the two ends over
/// h², and (1/8 + 1/12) h² max|s| more, and max|s| ≤ (n − 1)⁴ (max s − min s)/2 (Bernstein).
class ModulusShares {
 public:
  /// modulus: |a| at angles π j/S, j = 0 … S, each within `error`; n: number of weights.
  ModulusShares(const std::vector<double>& modulus, std::size_t n, double error) {
    const std::size_t last = modulus.size() - 1;
    const auto square = [&](std::size_t j) { return modulus[j] * modulus[j]; };
    const auto bend = [&](std::size_t j) {  // even about both ends
      return std::fabs(square(j == 0 ? 1 : j - 1) - 2 * square(j) + square(j == last ? last - 1 : j + 1));
    };
    const auto [least, most] = std::ranges::minmax(modulus);
    const double step = std::numbers::pi / static_cast<double>(last) * static_cast<double>(n - 1);
    const double rest = step * step * step * step * (1.0 / 8 + 1.0 / 12) / 8 * 0.51 *
                        (most * most - least * least + 8 * error * most);
    segments_.reserve(last);
    for (std::size_t j = 0; j < last; ++j) {
      const auto [low, high] = std::minmax({square(j), square(j + 1)});
      const double rounding = 2 * (error + std::sqrt(high) * 0x1p-52) * (std::sqrt(high) + error);
      segments_.push_back({low, high, std::max(bend(j), bend(j + 1)) / 8 + rest + 2 * rounding});
    }
  }

  /// G of the chords, and its lower and upper bounds.
  enum Side : std::size_t { chords, lower, upper };
  using Values = std::array<std::vector<double>, 3>;

  /// Of each side at its own `ascending` values, as many for each, near each other: where one side's segment
  /// begins and ends, the others' do, or nearly.
  [[nodiscard]] Values at(const Values& ascending) const {
    const std::size_t n = ascending[chords].size();
    Values squares, parts;  // parts: of the segments that y² cuts
    std::array<std::vector<std::size_t>, 3>
        whole;  // segments whose first y² at or beyond their end is this one
    for (const Side side : {chords, lower, upper}) {
      squares[side].resize(n);
      std::ranges::transform(ascending[side], squares[side].begin(), [](double x) { return x * x; });
      parts[side].resize(n);
      whole[side].resize(n + 1);
    }
    std::size_t first = 0;  // at or beyond the segment's beginning: the next segment begins nearby
    for (const Segment& segment : segments_) {
      first = beginning(squares[chords], first, segment.low);
      const std::size_t last = beginning(squares[chords], first, segment.high);
      add(segment.low, segment.high, first, last, squares[chords], parts[chords]);
      ++whole[chords][last];
      for (const Side side : {lower, upper}) {
        const double shift = side == lower ? segment.slack : -segment.slack;
        const double begin = segment.low + shift, end = segment.high + shift;
        const std::size_t from = beginning(squares[side], first, begin),
                          to = beginning(squares[side], last, end);
        add(begin, end, from, to, squares[side], parts[side]);
        ++whole[side][to];
      }
    }
    for (const Side side : {chords, lower, upper}) {
      std::size_t below = 0;
      for (std::size_t i = 0; i < n; ++i) {
        below += whole[side][i];
        parts[side][i] =
            (static_cast<double>(below) + parts[side][i]) / static_cast<double>(segments_.size());
      }
    }
    return parts;
  }

 private:
  struct Segment {
    double low, high, slack;  // |a|² on the chord, and how far the curve may be from it
  };
  /// The first of `squares` at or beyond x, searched from `near`.
  static std::size_t beginning(const std::vector<double>& squares, std::size_t near, double x) {
    while (near < squares.size() && squares[near] < x) ++near;
    while (near > 0 && squares[near - 1] >= x) --near;
    return near;
  }

  static void add(double begin, double end, std::size_t from, std::size_t to,
                  const std::vector<double>& squares, std::vector<double>& parts) {
    const double length = end - begin;
    for (std::size_t i = from; i < to; ++i) parts[i] += (squares[i] - begin) / length;
  }

  std::vector<Segment> segments_;
};

/// sup |F − G| = max_i max(i/n − G(σ_i), G(σ_i) − (i − 1)/n), σ ascending: G is continuous.
Measure avram_parter(const Sample& sigma, const ModulusShares& circle) {
  const std::size_t n = sigma.low.size();
  std::vector<double> middle(n);
  for (std::size_t i = 0; i < n; ++i) middle[i] = (sigma.low[i] + sigma.high[i]) / 2;
  const auto [shares, least, most] = circle.at({middle, sigma.low, sigma.high});
  const auto unit = 1 / static_cast<double>(n);
  double value = 0, lower = 0, upper = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double below = static_cast<double>(i) * unit, up_to = static_cast<double>(i + 1) * unit;
    value = std::max({value, up_to - shares[i], shares[i] - below});
    lower = std::max({lower, up_to - most[i], least[i] - below});
    upper = std::max({upper, up_to - least[i], most[i] - below});
  }
  value = std::clamp(value, lower, upper);
  const double rounding = 1e-13 + static_cast<double>(n) * 0x1p-52;
  return {value, Status::numerical, std::max(upper - value, value - lower) + rounding,
          "Kolmogorov-Smirnov distance to |a|, crossings between samples enclosed"};
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
    sample.low.push_back(bound ? 0 : std::max(value - error, 0.0));
    sample.high.push_back(value + error);
  }
  for (std::vector<double>* bounds : {&sample.low, &sample.high}) {
    std::ranges::reverse(*bounds);  // a spectrum descends: next to nothing is left to sort
    if (!std::ranges::is_sorted(*bounds)) std::ranges::sort(*bounds);
  }
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
    const std::size_t points = 64 * std::bit_ceil(taps.size());
    const std::vector<double> modulus = sampled_modulus(taps, points);
    distance = avram_parter(sample_of(*report.spectrum, exponent),
                            ModulusShares(modulus, taps.size(), transform_error(taps, points) + tap_error));
    if (fails_its_checks(*report.spectrum)) distance.status = Status::undecided;
  }
  report.measures.push_back({"avram_parter_distance", std::move(distance)});
  append_circulant(report, taps, exponent, tap_error);
}

}  // namespace tmm::analysis
