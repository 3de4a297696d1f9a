// SPDX-License-Identifier: MIT
#include "analysis/spectrum/integer_projection.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "analysis/base/real_ball.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;
using Integers = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic>;
__extension__ using Wide = __int128;

static_assert(sizeof(slong) == 8, "a digit of 60 bits passes through a word of FLINT");
constexpr int digit_bits = 60, basis_bits = 60;
constexpr Wide base = Wide{1} << digit_bits;
constexpr Index longest_series = Index{1} << 12;
constexpr double longest_column = 1.001;

Wide dot(const std::int64_t* x, const std::int64_t* y, Index length) {
  Wide sum = 0;
  for (Index i = 0; i < length; ++i) sum += static_cast<Wide>(x[i]) * y[i];
  return sum;
}

/// Takes the lowest digit off `value`, which becomes the carry into the next one.
std::int64_t take_digit(Wide& value) {
  Wide digit = value & (base - 1);
  if (digit >= base / 2) digit -= base;
  value = (value - digit) >> digit_bits;
  return static_cast<std::int64_t>(digit);
}

/// Coefficients in units of 2^exponent: row i of `digits` has those of coefficient i, the lowest first. Each
/// is off by at most `error`.
struct FixedSeries {
  Integers digits;
  long exponent = 0;
  RealBall error;
};

FixedSeries cut(const BallSeries& series, Index n, long precision) {
  const SeriesSize size = size_of(series);
  FixedSeries result;
  result.exponent = static_cast<long>(std::ceil(size.largest)) - precision;
  result.digits = Integers::Zero(n, (precision + 1) / digit_bits + 1);
  fmpz_t value, digit;
  fmpz_init(value);
  fmpz_init(digit);
  mag_t radius;
  mag_init(radius);
  for (Index i = 0; i < std::min<Index>(n, arb_poly_length(series.get())); ++i) {
    const arb_struct* b = arb_poly_get_coeff_ptr(series.get(), i);
    mag_max(radius, radius, arb_radref(b));
    arf_get_fmpz_fixed_si(value, arb_midref(b), result.exponent);
    for (Index l = 0; l < result.digits.cols(); ++l) {
      fmpz_fdiv_r_2exp(digit, value, digit_bits);
      fmpz_fdiv_q_2exp(value, value, digit_bits);
      Wide low = fmpz_get_si(digit);
      result.digits(i, l) = take_digit(low);
      fmpz_add_si(value, value, static_cast<slong>(low));
    }
  }
  arb_set_interval_mag(result.error, radius, radius, MAG_BITS);
  RealBall unit(1.0);
  arb_mul_2exp_si(unit, unit, result.exponent);
  arb_add(result.error, result.error, unit, 2 * MAG_BITS);
  mag_clear(radius);
  fmpz_clear(digit);
  fmpz_clear(value);
  return result;
}

Integers integers(const MatrixXd& Y) {
  return (Y * std::ldexp(1, basis_bits)).cast<std::int64_t>();
}

/// The digits of b·y mod z^n, in units of b's times 2^−60, of y from the last entry to the first.
Integers times(const FixedSeries& b, const std::int64_t* reversed) {
  const Index n = b.digits.rows(), digits = b.digits.cols();
  Integers product(n, digits + 2);
  for (Index i = 0; i < n; ++i) {
    Wide carry = 0;
    for (Index l = 0; l < digits; ++l) {
      carry += dot(&b.digits(0, l), reversed + (n - 1 - i), i + 1);
      product(i, l) = take_digit(carry);
    }
    product(i, digits) = take_digit(carry);
    product(i, digits + 1) = static_cast<std::int64_t>(carry);
  }
  return product;
}

/// value = value·2^60 + digit
void append(arb_t value, Wide digit) {
  arb_mul_2exp_si(value, value, digit_bits);
  RealBall high;
  arb_set_si(high, static_cast<slong>(digit >> 64));
  arb_mul_2exp_si(high, high, 64);
  arb_add_ui(high, high, static_cast<std::uint64_t>(digit), ARF_PREC_EXACT);
  arb_add(value, value, high, ARF_PREC_EXACT);
}

}  // namespace

bool fits_integers(const MatrixXd& Y) {
  return Y.rows() <= longest_series && (Y.colwise().norm().array() <= longest_column).all() &&
         Y == rounded_to_integers(Y);
}

MatrixXd rounded_to_integers(const MatrixXd& Y) {
  return Y.unaryExpr(
      [](double x) { return std::ldexp(std::nearbyint(std::ldexp(x, basis_bits)), -basis_bits); });
}

// (J T(b) y)_i is coefficient n−1−i of the series b·y.
void project_in_integers(BallMatrix& M, const BallSeries& inverse, const MatrixXd& Y, long precision) {
  const Index n = Y.rows(), k = Y.cols();
  const FixedSeries b = cut(inverse, n, precision);
  const Integers reversed = integers(Y.colwise().reverse());
  RealBall error;
  arb_mul_si(error, b.error, n, 2 * MAG_BITS);
  arb_mul(error, error, RealBall(longest_column * longest_column * 1.0001), 2 * MAG_BITS);
  for (Index j = 0; j < k; ++j) {
    const Integers product = times(b, &reversed(0, j));
    for (Index i = 0; i <= j; ++i) {
      arb_struct* entry = M(i, j);
      arb_zero(entry);
      for (Index l = product.cols(); l-- > 0;) append(entry, dot(&reversed(0, i), &product(0, l), n));
      arb_mul_2exp_si(entry, entry, b.exponent - 2 * basis_bits);
      arb_add_error(entry, error);
      arb_set_round(entry, entry, precision);
      arb_set(M(j, i), entry);
    }
  }
}

}  // namespace tmm::analysis
