// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tmm::analysis {
namespace {

// log2 of an upper bound.
double log2_of(const mag_t x) {
  if (mag_is_zero(x)) return -std::numeric_limits<double>::infinity();
  if (mag_is_inf(x)) return std::numeric_limits<double>::infinity();
  fmpz_t exponent;
  fmpz_init(exponent);
  const double mantissa = std::ldexp(static_cast<double>(MAG_MAN(x)), -MAG_BITS);
  fmpz_set(exponent, MAG_EXPREF(x));
  const double result = std::log2(mantissa) + fmpz_get_d(exponent);
  fmpz_clear(exponent);
  return result;
}

}  // namespace

void set_series(BallSeries& series, std::span<const long double> taps) {
  arb_t low;
  arb_init(low);
  arb_poly_zero(series.get());
  for (std::size_t k = taps.size(); k-- > 0;) {
    int exponent = 0;
    const long double mantissa = std::frexp(taps[k], &exponent);
    const auto high = static_cast<double>(mantissa);
    arb_set_d(low, static_cast<double>(mantissa - high));
    arf_t sum;
    arf_init(sum);
    arf_set_d(sum, high);
    arb_add_arf(low, low, sum, ARF_PREC_EXACT);
    arf_clear(sum);
    arb_mul_2exp_si(low, low, exponent);
    arb_poly_set_coeff_arb(series.get(), static_cast<slong>(k), low);
  }
  arb_clear(low);
}

void set_series(BallSeries& series, std::span<const double> taps) {
  arb_t value;
  arb_init(value);
  arb_poly_zero(series.get());
  for (std::size_t k = taps.size(); k-- > 0;) {
    arb_set_d(value, taps[k]);
    arb_poly_set_coeff_arb(series.get(), static_cast<slong>(k), value);
  }
  arb_clear(value);
}

void invert_series(BallSeries& inverse, std::span<const long double> taps, long precision) {
  BallSeries series;
  set_series(series, taps);
  arb_poly_inv_series(inverse.get(), series.get(), static_cast<slong>(taps.size()), precision);
}

SeriesSize size_of(const BallSeries& series) {
  constexpr double none = -std::numeric_limits<double>::infinity();
  SeriesSize size{none, none};
  mag_t bound;
  mag_init(bound);
  for (slong k = 0; k < arb_poly_length(series.get()); ++k) {
    const arb_struct* coefficient = arb_poly_get_coeff_ptr(series.get(), k);
    arb_get_mag(bound, coefficient);
    size.largest = std::max(size.largest, log2_of(bound));
    size.radius = std::max(size.radius, log2_of(arb_radref(coefficient)));
  }
  mag_clear(bound);
  return size;
}

}  // namespace tmm::analysis
