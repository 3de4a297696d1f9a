// SPDX-License-Identifier: MIT
#include "analysis/measures/rounding.hpp"

#include <algorithm>
#include <cmath>

namespace tmm::analysis {
namespace {

struct Format {
  int digits;          // significand bits, the hidden one included
  int least_exponent;  // ilogb of the smallest normal number
  int most_exponent;   // ilogb of the largest number
};

/// Round to nearest even in a binary format with gradual underflow: the quantum at x is 2^(max(ilogb x,
/// least) − digits + 1).
double round_to_format(double x, const Format& format) {
  if (x == 0 || !std::isfinite(x)) return x;
  const int quantum = std::max(std::ilogb(x), format.least_exponent) - format.digits + 1;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(x, -quantum)), quantum);
  return std::ilogb(rounded) > format.most_exponent ? std::copysign(HUGE_VAL, x) : rounded;
}

}  // namespace

double round_to(double x, model::DType type) {
  switch (type) {
    case model::DType::float16:
      return round_to_format(x, {11, -14, 15});
    case model::DType::bfloat16:
      return round_to_format(x, {8, -126, 127});
    case model::DType::float32:
      return static_cast<double>(static_cast<float>(x));
    case model::DType::float64:
      return x;
  }
  return x;
}

RoundingStability rounding_stability(std::span<const double> taps, const Winding& winding, model::DType type,
                                     const WindingOptions& options, double rest, double tap_error) {
  RoundingStability result;
  result.type = type;
  std::vector<double> rounded(taps.begin(), taps.end());
  // A tie is broken by what w_0 has beyond its double.
  if (rest != 0) rounded[0] = std::nextafter(rounded[0], rest > 0 ? HUGE_VAL : -HUGE_VAL);
  double sum = std::fabs(rest);
  long double squares = 0;  // in the range of long double no square over- or underflows
  for (double& w : rounded) {
    const double original = w;
    w = round_to(w, type);
    if (tap_error > 0)
      result.ambiguous = result.ambiguous ||
                         round_to(std::nextafter(original - tap_error, -HUGE_VAL), type) != w ||
                         round_to(std::nextafter(original + tap_error, HUGE_VAL), type) != w;
    result.overflow = result.overflow || !std::isfinite(w);
    sum += std::fabs(w - original);
    squares += static_cast<long double>(w - original) * (w - original);
  }
  result.change = static_cast<double>(std::sqrt(squares)) + std::fabs(rest);
  if (result.overflow) return result;
  const double safety = 1 + 1e-9;  // rounding of the two norms
  if (winding.status == IndexStatus::certified)
    result.proven = safety * result.change < winding.radius || safety * sum < winding.margin || sum == 0;
  result.after = winding_number(rounded, options);
  return result;
}

RoundingStability network_stability(std::span<const double> taps, std::span<const double> network,
                                    const Winding& winding, const WindingOptions& options) {
  RoundingStability result;
  const bool single = std::ranges::all_of(
      network, [](double w) { return !std::isfinite(w) || round_to(w, model::DType::float32) == w; });
  result.type = single ? model::DType::float32 : model::DType::float64;
  const double unit = single ? 0x1p-23 : 0x1p-52, least = single ? 0x1p-149 : 0x1p-1074;
  double sum = 0;
  long double squares = 0;
  for (std::size_t k = 0; k < network.size(); ++k) {
    result.overflow = result.overflow || !std::isfinite(network[k]);
    const double change = std::fabs(network[k] - taps[k]);
    squares += static_cast<long double>(change) * change;
    sum += change + 4 * std::fmax(unit * std::fabs(network[k]), least);
  }
  result.change = static_cast<double>(std::sqrt(squares));
  if (result.overflow) return result;
  result.proven = winding.status == IndexStatus::certified && sum * (1 + 1e-9) < winding.margin;
  result.after = winding_number(network, options);
  return result;
}

}  // namespace tmm::analysis
