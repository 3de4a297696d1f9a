// SPDX-License-Identifier: MIT
#include "analysis/oracle/measure_truths.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/base/storage_precision.hpp"
#include "analysis/measures/rounding.hpp"
#include "analysis/oracle/exact_radius.hpp"

namespace tmm::test {
namespace {

bool fredholm(const ExactSymbol& symbol) {
  return !symbol.is_zero() && symbol.zeros_on_circle() == 0;
}

void add_counts(Truths& truths, const ExactSymbol& symbol) {
  const bool exists = fredholm(symbol);
  const std::int64_t number = symbol.zeros_inside();
  const auto count = [&](std::int64_t n) { return exists ? Truth::number(n) : Truth::undefined(); };
  truths["winding_number"] = count(number);
  truths["fredholm_index"] = count(-number);
  truths["winding_fraction"] = Truth::undefined();
  if (exists && symbol.length() > 1)
    truths["winding_fraction"] =
        Truth::number(Ball(static_cast<double>(number)) / Ball(static_cast<double>(symbol.length() - 1)));
}

void add_rounded(Truths& truths, const ExactSymbol& symbol, model::DType type) {
  const std::string suffix = "_" + std::string(model::name(type));
  Truth number = Truth::undefined(), stable = Truth::undefined();
  std::vector<double> taps = symbol.taps();
  for (double& w : taps) w = analysis::round_to(w, type);
  if (std::ranges::all_of(taps, [](double w) { return std::isfinite(w); })) {
    const ExactSymbol rounded(taps);
    if (fredholm(rounded)) number = Truth::number(rounded.zeros_inside());
    if (fredholm(symbol))
      stable = Truth::number(fredholm(rounded) && rounded.zeros_inside() == symbol.zeros_inside() ? 1 : 0);
  }
  truths["winding_number" + suffix] = number;
  truths["stable_under" + suffix] = stable;
}

void add_zeros(Truths& truths, const ExactSymbol& symbol) {
  const bool zero_operator = symbol.is_zero();
  truths["jensen_defect"] = zero_operator                ? Truth::undefined()
                            : symbol.taps().front() == 0 ? Truth::infinity()
                                                         : Truth::number(symbol.jensen_defect());
  truths["smallest_zero"] =
      symbol.zeros().empty() ? Truth::undefined() : Truth::number(symbol.smallest_modulus());
  const Ball n(static_cast<double>(symbol.length()));
  for (const auto& [precision, unit_roundoff] : analysis::storage_precisions) {
    Truth& truth = truths["predicted_index_" + std::string(precision)];
    truth = Truth::undefined();
    if (zero_operator) continue;
    const auto count = symbol.zeros_within((Ball(unit_roundoff).log() / n).exp());
    truth = count ? Truth::number(*count) : Truth();
  }
}

Truth log10_of(const Ball& x) {
  if (arb_is_zero(x.get()) != 0) return {Truth::Kind::minus_infinity, {}};
  return Truth::number(x.log10());
}

Ball effective_rank(const std::vector<Ball>& sigma) {
  Ball total, entropy;
  for (const Ball& s : sigma) total = total + s;
  for (const Ball& s : sigma) {
    if (arb_is_zero(s.get()) != 0) continue;
    const Ball p = s / total;
    entropy = entropy - p * p.log();
  }
  return entropy.exp();
}

Ball stable_rank(const ExactSymbol& symbol, const Ball& largest) {
  Ball sum;
  for (std::size_t k = 0; k < symbol.length(); ++k) {
    const Ball share = Ball(symbol.taps()[k]) / largest;
    sum = sum + Ball(static_cast<double>(symbol.length() - k)) * share * share;
  }
  return sum;
}

void add_counts_below(Truths& truths, const std::vector<Ball>& sigma) {
  for (const auto& [precision, unit_roundoff] : analysis::storage_precisions) {
    const Ball threshold = Ball(unit_roundoff) * sigma.front();
    std::int64_t count = 0;
    bool known = true;
    for (const Ball& s : sigma) {
      const bool below = certainly_less(s, threshold) || arb_is_zero(s.get()) != 0;
      count += below ? 1 : 0;
      known = known && (below || certainly_less(threshold, s));
    }
    if (!known) continue;
    truths["effective_index_" + std::string(precision)] = Truth::number(count);
    truths["numerical_rank_" + std::string(precision)] =
        Truth::number(static_cast<std::int64_t>(sigma.size()) - count);
  }
}

/// |a(e^{iθ})| of weights scaled to at most 1, in long double.
long double modulus(const std::vector<long double>& taps, long double theta) {
  long double re = 0, im = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    re += taps[k] * std::cos(static_cast<long double>(k) * theta);
    im += taps[k] * std::sin(static_cast<long double>(k) * theta);
  }
  return std::hypot(re, im);
}

/// Share of the circle on which |a| ≤ x: between critical angles |a| is monotone, so bisection finds its end.
double share_below(const std::vector<long double>& taps, const std::vector<double>& angles, long double x) {
  long double share = 0;
  for (std::size_t i = 0; i + 1 < angles.size(); ++i) {
    long double low = angles[i], high = angles[i + 1];
    const bool starts = modulus(taps, low) <= x, ends = modulus(taps, high) <= x;
    if (starts && ends) share += high - low;
    if (starts == ends) continue;
    const long double from = low, to = high;
    for (int step = 0; step < 64; ++step) {
      const long double middle = (low + high) / 2;
      ((modulus(taps, middle) <= x) == starts ? low : high) = middle;
    }
    share += starts ? low - from : to - low;
  }
  return static_cast<double>(share / std::numbers::pi_v<long double>);
}

/// sup |F − G| of the distributions of the σ_i and of |a| on the circle. G is continuous unless |a| is
/// constant.
Ball kolmogorov_distance(const ExactSymbol& symbol, const std::vector<Ball>& sigma) {
  const auto n = static_cast<double>(sigma.size());
  const std::vector<double> angles = symbol.critical_angles();
  if (angles.empty()) {
    // A monomial: |a| = the only weight, a delay of m has m values 0, the others equal it.
    const auto zeros = std::ranges::count_if(sigma, [](const Ball& s) { return arb_is_zero(s.get()) != 0; });
    return Ball(static_cast<double>(zeros)) / Ball(n);
  }
  double distance = 0;
  int exponent = -2000;
  for (const double w : symbol.taps())
    if (w != 0) exponent = std::max(exponent, std::ilogb(w));
  std::vector<long double> taps;
  for (const double w : symbol.taps()) taps.push_back(std::ldexp(static_cast<long double>(w), -exponent));
  for (std::size_t i = 0; i < sigma.size(); ++i) {  // descending: n − i values are at or below this one
    const long double x = sigma[i].times_power_of_two(-exponent).middle();
    const double share = share_below(taps, angles, x), rank = static_cast<double>(sigma.size() - i) / n;
    distance = std::max({distance, std::fabs(rank - share), std::fabs(rank - 1 / n - share)});
  }
  Ball result(distance);
  mag_t
      error;  // of the bisection: |a| next to a critical angle is flat, so angles are good to half the digits
  mag_init(error);
  mag_set_d(error, 1e-7);
  arb_add_error_mag(result.get(), error);
  mag_clear(error);
  return result;
}

void add_circulant(Truths& truths, const ExactSymbol& symbol) {
  const auto n = static_cast<slong>(symbol.length());
  Ball least = symbol.modulus_at(0, n), most = least;
  for (slong k = 1; k < n; ++k) {
    least = minimum(least, symbol.modulus_at(k, n));
    most = maximum(most, symbol.modulus_at(k, n));
  }
  truths["circulant_sigma_min"] = Truth::number(least);
  if (arb_contains_zero(least.get()) == 0)
    truths["log10_circulant_condition"] = Truth::number((most / least).log10());
}

void add_undefined(Truths& truths) {
  for (const char* id : {"condition", "log10_condition", "stable_rank", "effective_rank",
                         "avram_parter_distance", "circulant_sigma_min", "log10_circulant_condition"})
    truths[id] = Truth::undefined();
}

}  // namespace

void add_symbol_truths(Truths& truths, const ExactSymbol& symbol, const TruthOptions& options) {
  add_counts(truths, symbol);
  add_zeros(truths, symbol);
  if (options.rounded) {
    add_rounded(truths, symbol, model::DType::float16);
    add_rounded(truths, symbol, model::DType::bfloat16);
  }
  if (options.radius) {
    const auto radius = fredholm(symbol) ? exact_index_radius(symbol.taps()) : Ball();
    truths["index_radius"] = radius ? Truth::number(*radius) : Truth();
  }
  if (!options.range) return;
  const ModulusRange range = symbol.is_zero() ? ModulusRange() : symbol.modulus_range();
  truths["symbol_max"] = Truth::number(range.most);
  truths["index_margin"] = fredholm(symbol) ? Truth::number(range.least) : Truth::number(std::int64_t{0});
  truths["distance_to_other_index"] = truths["index_margin"];
  if (symbol.is_zero() || (fredholm(symbol) && symbol.zeros_inside() == 0))
    truths["distance_to_index_zero"] = Truth::number(std::int64_t{0});
  truths["index_margin_relative"] = symbol.is_zero()   ? Truth::undefined()
                                    : fredholm(symbol) ? Truth::number(range.least / range.most)
                                                       : Truth::number(std::int64_t{0});
}

void add_spectrum_truths(Truths& truths, const ExactSymbol& symbol) {
  const std::vector<Ball> sigma = exact_spectrum(symbol.taps());
  if (sigma.empty()) return;
  const Ball &largest = sigma.front(), &smallest = sigma.back();
  truths["sigma_max"] = Truth::number(largest);
  truths["sigma_min"] = Truth::number(smallest);
  truths["log10_sigma_max"] = log10_of(largest);
  truths["log10_sigma_min"] = log10_of(smallest);
  truths["log_abs_det_per_row"] = symbol.taps().front() == 0
                                      ? Truth{Truth::Kind::minus_infinity, {}}
                                      : Truth::number(Ball(symbol.taps().front()).abs().log());
  if (symbol.is_zero()) {
    add_undefined(truths);
    return;
  }
  const bool singular = arb_is_zero(smallest.get()) != 0;
  truths["condition"] = singular ? Truth::infinity() : Truth::number(largest / smallest);
  truths["log10_condition"] = singular ? Truth::infinity() : Truth::number((largest / smallest).log10());
  add_counts_below(truths, sigma);
  truths["stable_rank"] = Truth::number(stable_rank(symbol, largest));
  truths["effective_rank"] = Truth::number(effective_rank(sigma));
  truths["avram_parter_distance"] = Truth::number(kolmogorov_distance(symbol, sigma));
  add_circulant(truths, symbol);
}

}  // namespace tmm::test
