// SPDX-License-Identifier: MIT
#include "analysis/oracle/exact_roots.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace tmm::test {
namespace {

constexpr slong largest_characteristic_bits = 3000;

/// integer := w/2^exponent, exact for every exponent at or below that of the last bit of w.
void set_integer(fmpz_t integer, double w, slong exponent) {
  int binary = 0;
  const double fraction = std::frexp(w, &binary);
  fmpz_set_d(integer, std::ldexp(fraction, 53));
  const slong shift = binary - 53 - exponent;
  if (shift >= 0)
    fmpz_mul_2exp(integer, integer, static_cast<ulong>(shift));
  else
    fmpz_tdiv_q_2exp(integer, integer, static_cast<ulong>(-shift));  // only zeros are cut: subnormal numbers
}

/// Exponent of the last bit that any of the weights may have.
slong last_bit(std::span<const double> taps) {
  slong last = std::numeric_limits<int>::max();
  for (const double w : taps)
    if (w != 0) last = std::min<slong>(last, std::max(std::ilogb(w) - 52, -1074));
  return last;
}

void append_roots(std::vector<ExactRoot>& roots, const fmpz_poly_struct* squarefree, int multiplicity,
                  slong bits) {
  const slong degree = fmpz_poly_degree(squarefree);
  if (degree < 1) return;
  acb_ptr found = _acb_vec_init(degree);
  arb_fmpz_poly_complex_roots(found, squarefree, 0, bits);
  for (slong i = 0; i < degree; ++i) {
    ExactRoot root;
    acb_set(root.z.get(), found + i);
    root.multiplicity = multiplicity;
    roots.push_back(std::move(root));
  }
  _acb_vec_clear(found, degree);
}

}  // namespace

ScaledPolynomial integer_polynomial(std::span<const double> taps) {
  ScaledPolynomial result;
  if (std::ranges::all_of(taps, [](double w) { return w == 0; })) return result;
  result.exponent = last_bit(taps);
  fmpz_t integer;
  fmpz_init(integer);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    if (taps[k] == 0) continue;
    set_integer(integer, taps[k], result.exponent);
    fmpz_poly_set_coeff_fmpz(result.polynomial.get(), static_cast<slong>(k), integer);
  }
  fmpz_clear(integer);
  return result;
}

std::vector<ExactRoot> exact_roots(const IntegerPolynomial& polynomial, slong bits) {
  std::vector<ExactRoot> roots;
  IntegerPolynomial rest = polynomial;
  int at_origin = 0;
  while (fmpz_is_zero(fmpz_poly_get_coeff_ptr(rest.get(), 0)) != 0) {
    fmpz_poly_shift_right(rest.get(), rest.get(), 1);
    ++at_origin;
  }
  if (at_origin > 0) roots.push_back({ComplexBall(), at_origin});
  fmpz_poly_factor_t factors;
  fmpz_poly_factor_init(factors);
  fmpz_poly_factor_squarefree(factors, rest.get());
  for (slong i = 0; i < factors->num; ++i)
    append_roots(roots, factors->p + i, static_cast<int>(factors->exp[i]), bits);
  fmpz_poly_factor_clear(factors);
  return roots;
}

std::vector<Ball> exact_spectrum(std::span<const double> taps) {
  const auto n = static_cast<slong>(taps.size());
  const ScaledPolynomial symbol = integer_polynomial(taps);
  if (symbol.polynomial.degree() < 0) return std::vector<Ball>(taps.size());
  if (n * std::labs(fmpz_poly_max_bits(symbol.polynomial.get())) > largest_characteristic_bits) return {};
  fmpz_mat_t hankel;
  fmpz_mat_init(hankel, n, n);
  for (slong i = 0; i < n; ++i)
    for (slong j = 0; i + j < n; ++j)
      fmpz_poly_get_coeff_fmpz(fmpz_mat_entry(hankel, i, j), symbol.polynomial.get(), n - 1 - i - j);
  IntegerPolynomial characteristic;
  fmpz_mat_charpoly(characteristic.get(), hankel);
  fmpz_mat_clear(hankel);
  std::vector<Ball> values;
  for (const ExactRoot& root : exact_roots(characteristic))
    for (int i = 0; i < root.multiplicity; ++i)
      values.push_back(root.z.abs().times_power_of_two(symbol.exponent));
  std::ranges::sort(values, [](const Ball& a, const Ball& b) {
    return arf_cmp(arb_midref(a.get()), arb_midref(b.get())) > 0;
  });
  return values;
}

}  // namespace tmm::test
