// SPDX-License-Identifier: MIT
#include "analysis/index/integer_polynomial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tmm::analysis {
namespace {

constexpr int always_allowed_spread = 1024;  // bits between the largest exponent and the last bit
constexpr double allowed_size = 0x1p22;      // n times that spread, where it is larger

/// integer := w·2^(−low), low at or below the exponent of the last bit of w.
void set_scaled(fmpz_t integer, double w, int low) {
  int exponent = 0;
  const double fraction = std::frexp(w, &exponent);
  fmpz_set_d(integer, std::ldexp(fraction, 53));
  const int shift = exponent - 53 - low;
  if (shift >= 0)
    fmpz_mul_2exp(integer, integer, static_cast<ulong>(shift));
  else  // a subnormal number has fewer bits: what is cut off is zero
    fmpz_tdiv_q_2exp(integer, integer, static_cast<ulong>(-shift));
}

}  // namespace

bool to_integers(IntegerPolynomial& a, std::span<const double> taps, double rest) {
  int low = std::numeric_limits<int>::max(), high = std::numeric_limits<int>::min();
  const auto consider = [&](double w) {
    if (w == 0) return;
    const int exponent = std::ilogb(w);
    low = std::min(low, std::max(exponent - 52, -1074));
    high = std::max(high, exponent);
  };
  for (const double w : taps) consider(w);
  consider(rest);
  const int spread = high - low;
  if (spread > always_allowed_spread && static_cast<double>(taps.size()) * spread > allowed_size)
    return false;
  fmpz_t integer, second;
  fmpz_init(integer);
  fmpz_init(second);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    if (taps[k] == 0) continue;
    set_scaled(integer, taps[k], low);
    if (k == 0 && rest != 0) {
      set_scaled(second, rest, low);
      fmpz_add(integer, integer, second);
    }
    fmpz_poly_set_coeff_fmpz(a.p, static_cast<slong>(k), integer);
  }
  fmpz_clear(integer);
  fmpz_clear(second);
  fmpz_poly_primitive_part(a.p, a.p);
  return true;
}

ulong reduce_lacunary(IntegerPolynomial& a) {
  const ulong m = fmpz_poly_deflation(a.p);
  if (m <= 1) return 1;
  fmpz_poly_deflate(a.p, a.p, m);
  return m;
}

void reciprocal_part(IntegerPolynomial& g, const IntegerPolynomial& a) {
  IntegerPolynomial reversed;
  fmpz_poly_reverse(reversed.p, a.p, fmpz_poly_length(a.p));
  fmpz_poly_gcd(g.p, a.p, reversed.p);
}

}  // namespace tmm::analysis
