// SPDX-License-Identifier: MIT
#include "model/toeplitz/derived_taps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "model/base/error.hpp"

// Proofs below count rounding errors of long double arithmetic, u = 2^−64, and use no elementary function of
// the C library, for which nobody proves a bound.
namespace tmm::model {
namespace {

using Real = long double;
static_assert(std::numeric_limits<Real>::digits >= 64 && std::numeric_limits<Real>::min_exponent <= -16381);

/// Beyond this e^{−y} is far below every double, and still a normal long double.
constexpr Real far = 11000;
/// Relative errors that are proven at the functions that have them.
constexpr Real exp_error = 0x1p-57L, softplus_error = 0x1p-56L;

/// e^{−y}, 0 ≤ y ≤ far, within exp_error of itself.
/// y = k ln 2 + r, |r| ≤ 0.35. ln 2 is the sum of `high`, of 48 bits, so that k·high is exact for k < 2^15,
/// and `low`: r has an absolute error below 3u (the two subtractions, of results below 1, and k·low, below
/// 2^−33). Taylor to degree 20 leaves 0.35^21/21! < u/10^10 of e^r ≥ 0.7; each of Horner's 20 steps adds at
/// most 2u, damped by 0.35/j. In all below 16 u < 2^−57.
Real exp_minus(Real y) {
  constexpr Real high = 0x1.62e42fefa39ep-1L;
  constexpr Real low = 0xf.35793c7673007e6p-53L;
  const Real k = std::nearbyint(y / 0.6931471805599453094L);
  const Real r = -((y - k * high) - k * low);
  Real sum = 1;
  for (int j = 20; j > 0; --j) sum = 1 + r / j * sum;
  return std::ldexp(sum, -static_cast<int>(k));
}

/// ln(1 + t), 0 < t ≤ 1, within 2^−57 of itself: 2 artanh(s), s = t/(2 + t) ≤ 1/3. Every term of
/// s Σ s^{2j}/(2j + 1) is positive, so that errors are relative: 2u of s, 5u of s², and of Horner's steps
/// at most 3u + (7u of the product)/9 each, of which later ones count 9^−j. The rest after j = 24 is below
/// 9^−25 < u/10^4. In all below 24 u.
Real log_1_plus(Real t) {
  const Real s = t / (2 + t), square = s * s;
  Real sum = 0;
  for (int j = 24; j >= 0; --j) sum = sum * square + 1 / static_cast<Real>(2 * j + 1);
  return 2 * s * sum;
}

/// ln(1 + e^x) within softplus_error of itself, for x ≥ −far: max(x, 0) + ln(1 + e^{−|x|}), both not
/// negative. A relative error of t becomes at most the same one of ln(1 + t).
Real softplus(Real x) {
  const Real y = std::fabs(x), positive = std::fmax(x, Real{0});
  return y > far ? positive : positive + log_1_plus(exp_minus(y));
}

/// `exact` rounded to double, and a bound of |double − w| for a w within relative·exact of it.
struct Rounded {
  double value, error;
};

/// A double that is not below x ≥ 0.
double upward(Real x) {
  const auto rounded = static_cast<double>(x);
  return static_cast<Real>(rounded) < x ? std::nextafter(rounded, HUGE_VAL) : rounded;
}

Rounded rounded(Real exact, Real relative) {
  const auto value = static_cast<double>(exact);
  // The difference is exact (Sterbenz), or no more than a rounding of it off: the factor covers both.
  const Real error =
      (std::fabs(static_cast<Real>(value) - exact) + relative * std::fabs(exact)) * (1 + 0x1p-50L);
  return {value, upward(error)};
}

void add(DerivedTaps& derived, const Rounded& tap) {
  derived.taps.push_back(tap.value);
  const double sum = derived.error_l1 + tap.error;
  derived.error_l1 = tap.error > 0 && derived.error_l1 > 0 ? std::nextafter(sum, HUGE_VAL) : sum;
}

void require_finite(std::span<const double> raw) {
  const auto bad = std::ranges::find_if_not(raw, [](double x) { return std::isfinite(x); });
  if (bad != raw.end())
    throw ArgumentError("number " + std::to_string(bad - raw.begin()) +
                        " that taps are derived from is not finite");
}

template <class Number>
double network_softplus(Number x) {
  return static_cast<double>(x > 20 ? x : std::log1p(std::exp(x)));
}

template <class Number>
double network_average(Number logit, std::size_t k) {
  const Number alpha = 1 / (1 + std::exp(-logit));
  return static_cast<double>((1 - alpha) * std::pow(alpha, static_cast<Number>(k)));
}

template <class Number>
double network_threshold(Number x, Number lambda) {
  return static_cast<double>(std::copysign(std::fmax(std::fabs(x) - lambda, Number{0}), x));
}

}  // namespace

DerivedTaps softplus_taps(std::span<const double> raw, bool single) {
  require_finite(raw);
  DerivedTaps derived;
  constexpr double least = std::numeric_limits<double>::denorm_min();
  for (const double x : raw) {
    // Beyond `far` below ln(1 + e^x) < e^x lies under every double, and above it adds as little to x.
    if (std::fabs(x) > static_cast<double>(far))
      add(derived, {std::fmax(x, 0.0), least});
    else
      add(derived, rounded(softplus(x), softplus_error));
    derived.network.push_back(single ? network_softplus(static_cast<float>(x)) : network_softplus(x));
  }
  return derived;
}

DerivedTaps exponential_average_taps(double logit, std::size_t count, bool single) {
  require_finite({&logit, 1});
  DerivedTaps derived;
  // ln w_k = −(ln(1 + e^x) + k ln(1 + e^{−x})), x the logit: no difference of close numbers anywhere.
  const bool beyond = std::fabs(logit) > static_cast<double>(far);
  const Real x = logit, first = softplus(x), step = softplus(-x);
  for (std::size_t k = 0; k < count; ++k) {
    const Real exponent = first + static_cast<Real>(k) * step;
    if (exponent > far)
      add(derived, {0, std::numeric_limits<double>::denorm_min()});
    else if (beyond)  // α is 0 to within e^−far: w_0 = 1 − α
      add(derived, {k == 0 ? 1.0 : 0.0, std::numeric_limits<double>::denorm_min()});
    else  // an error δ of the exponent is one of e^δ − 1 ≤ 1.01 δ; its own relative one is below 2^−55
      add(derived, rounded(exp_minus(exponent), exp_error + 0x1p-54L * exponent));
    derived.network.push_back(single ? network_average(static_cast<float>(logit), k)
                                     : network_average(logit, k));
  }
  return derived;
}

DerivedTaps soft_threshold_taps(std::span<const double> raw, double lambda, bool single) {
  require_finite(raw);
  if (!(lambda >= 0) || !std::isfinite(lambda))
    throw ArgumentError("a soft threshold is a finite number",
                        {"", "", "lambda >= 0", std::to_string(lambda), ""});
  DerivedTaps derived;
  for (const double x : raw) {
    const double size = std::fabs(x);
    if (size <= lambda) {
      add(derived, {0, 0});
    } else {  // what the subtraction loses is a double (Dekker), for the larger number comes first
      const double difference = size - lambda, lost = (size - difference) - lambda;
      add(derived, {std::copysign(difference, x), std::fabs(lost)});
    }
    derived.network.push_back(single ? network_threshold(static_cast<float>(x), static_cast<float>(lambda))
                                     : network_threshold(x, lambda));
  }
  return derived;
}

}  // namespace tmm::model
