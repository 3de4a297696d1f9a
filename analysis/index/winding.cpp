// SPDX-License-Identifier: MIT
#include "analysis/index/winding.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "analysis/index/circle_zeros.hpp"
#include "analysis/index/disc_count.hpp"
#include "analysis/index/exact_zeros.hpp"
#include "analysis/index/least_modulus.hpp"
#include "analysis/index/winding_sweep.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {

std::string_view name(IndexStatus status) {
  switch (status) {
    case IndexStatus::certified:
      return "certified";
    case IndexStatus::not_fredholm:
      return "not Fredholm";
    case IndexStatus::no_symbol:
      return "not defined";
    case IndexStatus::undecided:
      return "undecided";
  }
  return "?";
}

namespace {

/// The weights as they are, w_0 = taps[0] + rest.
struct Weights {
  std::span<const double> taps;
  double rest = 0;
};

/// Number of zeros in |z| < 1 + offset in double precision only, if that settles it. Taps as for Sweep.
std::optional<std::int64_t> count_within(std::span<const double> taps, double offset,
                                         const WindingOptions& options) {
  // w_k (1 + offset)^k = w_k e^{k·log1p(offset)}: with |k·log1p| ≤ 1 the exponential is off by less than 1.1
  // u, the product by u.
  std::vector<double> scaled(taps.begin(), taps.end());
  const long double rate = std::log1p(static_cast<long double>(offset));
  for (std::size_t k = 0; k < scaled.size(); ++k)
    scaled[k] *= 0.25 * static_cast<double>(std::exp(static_cast<long double>(k) * rate));
  WindingOptions quick = options;
  quick.keep_arcs = false;
  quick.margin_tightness = 1;
  // One more for the part of w_0 below its double.
  Sweep sweep(scaled, scaled.size(), 4 * unit_roundoff, quick);
  sweep.run_double();
  if (!sweep.complete()) return std::nullopt;
  return sweep.half_turns();
}

/// Proven bounds of N by counting on slightly smaller and larger circles: zeros in |z| < ρ increase with ρ.
std::pair<std::int64_t, std::int64_t> bounds_by_annulus(std::span<const double> taps,
                                                        const WindingOptions& options) {
  const auto degree = static_cast<std::int64_t>(taps.size()) - 1;
  std::pair<std::int64_t, std::int64_t> bounds{0, degree};
  const auto search = [&](double side, std::int64_t& bound) {
    for (int j = 46; j >= static_cast<int>(std::bit_width(taps.size())); j -= 4)
      if (const auto count = count_within(taps, side * std::ldexp(1.0, -j), options)) {
        bound = *count;
        return;
      }
  };
  search(-1, bounds.first);
  search(+1, bounds.second);
  return bounds;
}

/// Settles what double precision left open, or names the zero on the circle that cannot be settled; what
/// exact arithmetic says of such a zero.
CircleAnswer settle_open_arcs(Sweep& sweep, Winding& result, const Weights& weights, bool exact,
                              const WindingOptions& options) {
  for (const int sign : {1, -1})
    if (exact_sign_at(weights.taps, sign, weights.rest) == 0) {
      result.status = IndexStatus::not_fredholm;
      result.closest_theta = sign > 0 ? 0 : std::numbers::pi;
      result.reason = fmt::format("a({}) = 0 exactly, θ = {}", sign, sign > 0 ? "0" : "π");
      return CircleAnswer::exists;
    }
  // A few tests first. What they leave open is most likely a zero on the circle, which no precision can
  // settle.
  constexpr std::size_t few = 64;
  if (exact) sweep.run_in_balls(128, few);
  if (sweep.complete()) return CircleAnswer::none;
  const CircleZeroProof proof = find_zero_on_circle(weights.taps, weights.rest, sweep.suspects());
  if (proof.answer == CircleAnswer::exists) {
    result.status = IndexStatus::not_fredholm;
    result.closest_theta = proof.theta;
    result.reason =
        fmt::format("exact arithmetic finds a zero on |z| = 1 at θ = {:.12g}", result.closest_theta);
    return proof.answer;
  }
  double work = exact ? options.max_extended / static_cast<double>(weights.taps.size()) : 0;
  for (int bits = 128; bits <= options.max_bits && work >= 1 && !sweep.complete(); bits *= 2) {
    const double cost = bits / 128.0;
    work -= cost * static_cast<double>(sweep.run_in_balls(bits, static_cast<std::size_t>(work / cost)));
  }
  return proof.answer;
}

/// Sign of a(±1), by a plain sum where its rounding cannot matter.
int sign_at(const Weights& weights, int sign) {
  double sum = 0, size = 0, factor = 1;
  for (const double w : weights.taps) {
    sum += factor * w;
    size += std::fabs(w);
    factor *= sign;
  }
  const double error = 2 * unit_roundoff * static_cast<double>(weights.taps.size() + 1) * size;
  if (std::fabs(sum) > error && std::isfinite(sum)) return sum > 0 ? 1 : -1;
  return exact_sign_at(weights.taps, sign, weights.rest);
}

/// x/√n rounded down, or the double below that.
double root_quotient_below(double x, std::size_t n) {
  const double root = std::sqrt(static_cast<double>(n)), q = x / root;
  const bool exact_root = std::trunc(root) == root;
  return exact_root && std::fma(q, root, -x) <= 0 ? q : std::nextafter(q, 0.0);
}

/// Whether isolating all zeros takes no time: few of them, and weights of about the same size.
bool easy_to_isolate(const Weights& weights) {
  constexpr std::size_t most = 48;
  constexpr double widest = 0x1p128;
  double least = HUGE_VAL, largest = 0;
  for (const double w : weights.taps) {
    if (w != 0) least = std::fmin(least, std::fabs(w));
    largest = std::fmax(largest, std::fabs(w));
  }
  return weights.taps.size() <= most && weights.rest == 0 && largest / widest <= least;
}

/// Exact arithmetic has the last word; `weights` unscaled. Isolated zeros also give a margin, but next to the
/// circle they can take minutes: there they are counted only.
void settle_exactly(Winding& result, const Weights& weights, CircleAnswer on_circle, std::size_t length,
                    int exponent) {
  if (on_circle == CircleAnswer::none && !easy_to_isolate(weights))
    if (const auto count = count_in_disc(weights.taps, weights.rest)) {
      result.status = IndexStatus::certified;
      result.number = result.lowest = result.highest = *count;
      result.reason = "exact count of zeros; their distance from the circle is not known";
      return;
    }
  const auto zeros = exact_zeros(weights.taps, weights.rest);
  if (!zeros) return;
  result.lowest = result.highest = zeros->inside;
  if (zeros->on_circle > 0) {
    result.status = IndexStatus::not_fredholm;
    result.closest_theta = zeros->theta;
    result.reason =
        fmt::format("exact arithmetic finds a zero on |z| = 1 at θ = {:.12g}", result.closest_theta);
    return;
  }
  result.status = IndexStatus::certified;
  result.number = zeros->inside;
  result.reason = "exact count of zeros";
  // Rounded down by less than the slack of the radius.
  result.margin = scale_down(zeros->margin, -exponent);
  result.radius = root_quotient_below(result.margin, length);
}

/// a(z) = b(z^k) with the largest such k: where b decides, k times its answer; both take the same values on
/// the circle. Empty if k = 1.
std::optional<Winding> wind_lacunary(const Weights& weights, std::size_t length,
                                     const WindingOptions& options) {
  std::size_t step = 0;
  for (std::size_t k = 0; k < weights.taps.size(); ++k)
    if (weights.taps[k] != 0) step = std::gcd(step, k);
  if (step < 2) return std::nullopt;
  std::vector<double> reduced;
  for (std::size_t k = 0; k < weights.taps.size(); k += step) reduced.push_back(weights.taps[k]);
  WindingOptions plain = options;
  plain.keep_arcs = false;
  Winding result = winding_number(reduced, plain, weights.rest);
  const auto factor = static_cast<std::int64_t>(step);
  result.number *= factor;
  result.lowest *= factor;
  result.highest *= factor;
  result.closest_theta /= static_cast<double>(step);
  result.margin = result.scaled_margin;
  result.margin_upper = result.scaled_margin_upper;
  result.radius = root_quotient_below(result.scaled_margin, length);
  result.reason = fmt::format("a(z) = b(z^{}), of b: {}", step,
                              result.reason.empty() ? name(result.status) : std::string_view(result.reason));
  return result;
}

/// What the sweep left open it has seen through rounding errors only: there min|a| may be far smaller than
/// the sweep's bound.
void tighten_margin(Winding& result, const Sweep& sweep, const Weights& weights, int exponent) {
  constexpr std::size_t longest = 4096, most = 64;
  ModulusBound bound;
  if (weights.taps.size() > longest) {
    bound = least_modulus_at_ends(weights.taps, weights.rest, exponent);
  } else {
    std::vector<double> thetas{result.closest_theta};
    const auto arcs = sweep.suspects();
    for (std::size_t i = 0; i < arcs.size(); i += 1 + arcs.size() / most) thetas.push_back(arcs[i].middle());
    bound = least_modulus_above(weights.taps, weights.rest, exponent, thetas);
  }
  if (bound.upper >= result.margin_upper) return;
  result.margin_upper = bound.upper;
  result.closest_theta = bound.theta;
}

/// taps: two or more, first and last not 0, max|w| in [½, 1], those of `weights` times 2^−exponent; length: n
/// of the operator; exact: no bit was lost in scaling them.
Winding wind(std::span<const double> taps, const Weights& weights, int exponent, std::size_t length,
             bool exact, const WindingOptions& options) {
  const double rest = std::ldexp(weights.rest, -exponent);
  Sweep sweep(taps, length, rest == 0 ? 0 : unit_roundoff, options, rest);
  sweep.run_double();
  if (!sweep.complete())
    if (auto lacunary = wind_lacunary(weights, length, options)) return *lacunary;
  Winding result;
  CircleAnswer on_circle = CircleAnswer::none;
  if (!sweep.complete()) on_circle = settle_open_arcs(sweep, result, weights, exact, options);
  if (result.status != IndexStatus::not_fredholm) {
    result.margin_upper = sweep.margin_upper();
    result.closest_theta = sweep.closest_theta();
    if (!sweep.complete()) {
      settle_exactly(result, weights, on_circle, length, exponent);
      if (result.status == IndexStatus::certified) tighten_margin(result, sweep, weights, exponent);
    }
    if (sweep.complete()) {
      result.status = IndexStatus::certified;
      result.margin = sweep.margin();
      result.radius = sweep.radius();
      result.number = result.lowest = result.highest = sweep.half_turns();
    } else if (result.status == IndexStatus::undecided) {
      std::tie(result.lowest, result.highest) = bounds_by_annulus(taps, options);
      if (result.lowest == result.highest) {
        result.status = IndexStatus::certified;
        result.number = result.lowest;
        result.reason = "equal counts on a slightly smaller and a slightly larger circle";
      }
    }
  }
  if (result.status == IndexStatus::not_fredholm) {
    result.margin_upper = 0;
    if (result.lowest == 0 && result.highest == 0)
      std::tie(result.lowest, result.highest) = bounds_by_annulus(taps, options);
  }
  result.certificate = sweep.take_certificate();
  return result;
}

}  // namespace

Winding winding_number(std::span<const double> taps, const WindingOptions& options, double rest) {
  if (taps.empty()) throw ArgumentError("a symbol needs at least one weight");
  for (std::size_t k = 0; k < taps.size(); ++k)
    if (!std::isfinite(taps[k]))
      throw ArgumentError(fmt::format("weight {} is {}", k, taps[k]), {"", "", "finite weights", "", ""});
  const auto nonzero = [](double w) { return w != 0; };
  const auto first = std::ranges::find_if(taps, nonzero);
  if (first == taps.end()) {
    Winding result;
    result.status = IndexStatus::not_fredholm;
    result.highest = -1;
    result.reason = "all weights are zero";
    return result;
  }
  // a(z) = z^m·a'(z): m zeros at the origin, |a| = |a'| on the circle. Trailing zeros only lower the degree.
  const auto last = std::find_if(taps.rbegin(), taps.rend(), nonzero).base();
  const auto leading = first - taps.begin();
  double largest = 0;
  for (const double w : taps) largest = std::fmax(largest, std::fabs(w));
  const int exponent = std::ilogb(largest) + 1;  // a power of two: winding and rounding bounds are invariant
  std::vector<double> scaled(first, last);
  bool exact =
      true;  // weights 300 decades apart can lose bits here; double precision's error bound covers that
  for (double& w : scaled) {
    const double original = w;
    w = std::ldexp(w, -exponent);
    exact = exact && std::ldexp(w, exponent) == original;
  }

  const Weights weights{taps.subspan(static_cast<std::size_t>(leading), scaled.size()), rest};
  Winding result;
  if (scaled.size() == 1) {
    result.status = IndexStatus::certified;
    result.margin = result.margin_upper = std::fabs(scaled[0]);
    if (rest != 0) {
      result.margin = std::nextafter(result.margin, 0.0);
      result.margin_upper = std::nextafter(result.margin_upper, HUGE_VAL);
    }
    result.radius = root_quotient_below(result.margin, taps.size());
  } else {
    result = wind(scaled, weights, exponent, taps.size(), exact, options);
  }
  result.certificate.sign_at_one = sign_at(weights, 1);
  result.certificate.sign_at_minus_one = sign_at(weights, -1) * (leading % 2 == 1 ? -1 : 1);
  result.number += result.status == IndexStatus::certified ? leading : 0;
  result.lowest += leading;
  result.highest += leading;
  result.exponent = exponent;
  result.scaled_margin = result.margin;
  result.scaled_margin_upper = result.margin_upper;
  result.scaled_radius = result.radius;
  result.margin = scale_down(result.margin, exponent);
  result.margin_upper = scale_up(result.margin_upper, exponent);
  result.radius = scale_down(result.radius, exponent);
  if (result.status == IndexStatus::undecided)
    result.reason = fmt::format("|a| ≤ {:.3g} at θ = {:.12g}, unsettled at {} bits", result.margin_upper,
                                result.closest_theta, result.certificate.bits);
  for (SettledArc& arc : result.certificate.path) {
    arc.entry = {std::ldexp(arc.entry.real(), exponent), std::ldexp(arc.entry.imag(), exponent)};
    arc.exit = {std::ldexp(arc.exit.real(), exponent), std::ldexp(arc.exit.imag(), exponent)};
    arc.lower_bound = scale_down(arc.lower_bound, exponent);
  }
  return result;
}

}  // namespace tmm::analysis
