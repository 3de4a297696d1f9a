// SPDX-License-Identifier: MIT
#include "analysis/oracle/exact_roots.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace tmm::test {
namespace {

constexpr slong largest_characteristic_bits = 3000;
/// Precision at which the isolation of roots is given up.
constexpr slong largest_root_bits = slong{1} << 17;

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

bool all_finite(acb_srcptr values, slong count) {
  return std::all_of(values, values + count, [](const acb_struct& z) { return acb_is_finite(&z) != 0; });
}

bool all_accurate(acb_srcptr values, slong count, slong bits) {
  return std::all_of(values, values + count,
                     [bits](const acb_struct& z) { return acb_rel_accuracy_bits(&z) >= bits; });
}

double log2_modulus(const fmpz* integer) {
  slong exponent = 0;
  return std::log2(std::fabs(fmpz_get_d_2exp(&exponent, integer))) + static_cast<double>(exponent);
}

/// Starting points with the moduli of the Newton polygon (the upper hull of log2|c_k|), which are those of
/// the roots up to a factor that depends on the degree alone; Bini 1996. `turn` makes other angles.
void set_starting_points(acb_ptr roots, const fmpz_poly_struct* polynomial, double turn) {
  std::vector<std::pair<slong, double>> hull;
  for (slong k = 0; k <= fmpz_poly_degree(polynomial); ++k) {
    const fmpz* coefficient = fmpz_poly_get_coeff_ptr(polynomial, k);
    if (fmpz_is_zero(coefficient) != 0) continue;
    const std::pair<slong, double> point{k, log2_modulus(coefficient)};
    const auto slope = [](const auto& a, const auto& b) {
      return (b.second - a.second) / static_cast<double>(b.first - a.first);
    };
    while (hull.size() > 1 && slope(hull.end()[-2], hull.back()) <= slope(hull.back(), point))
      hull.pop_back();
    hull.push_back(point);
  }
  for (std::size_t edge = 0; edge + 1 < hull.size(); ++edge) {
    const auto [first, low] = hull[edge];
    const auto [last, high] = hull[edge + 1];
    const auto count = static_cast<double>(last - first);
    const double exponent = (low - high) / count, whole = std::floor(exponent);
    for (slong i = first; i < last; ++i) {
      const double angle =
          2 * std::numbers::pi * (static_cast<double>(i - first) / count) + static_cast<double>(edge) + turn;
      acb_set_d_d(roots + i, std::exp2(exponent - whole) * std::cos(angle),
                  std::exp2(exponent - whole) * std::sin(angle));
      acb_mul_2exp_si(roots + i, roots + i, static_cast<slong>(whole));
    }
  }
}

/// Isolates the roots of a squarefree polynomial with p(0) ≠ 0: every ball holds exactly one, real roots have
/// imaginary part 0. arb_fmpz_poly_complex_roots does the same from points of modulus near 1, and where two
/// approximations coincide gets NaN, which no precision mends: it asks for ever more until memory fails.
/// Iterations grow with the precision because clusters converge linearly: the bits of their gap, not twice as
/// many digits a step.
void isolate_roots(acb_ptr roots, const fmpz_poly_struct* squarefree, slong bits) {
  const slong degree = fmpz_poly_degree(squarefree);
  acb_poly_t balls;
  acb_poly_init(balls);
  bool done = false, finite = false;
  for (slong precision = 64; !done && precision <= largest_root_bits; precision *= 2) {
    acb_poly_set_fmpz_poly(balls, squarefree, precision);
    if (!finite) set_starting_points(roots, squarefree, 0.7 + std::log2(static_cast<double>(precision)));
    const slong isolated = acb_poly_find_roots(roots, balls, roots, 8 * degree + precision, precision);
    finite = all_finite(roots, degree);
    done = finite && isolated == degree && all_accurate(roots, degree, bits) &&
           acb_poly_validate_real_roots(roots, balls, precision) != 0;
  }
  acb_poly_clear(balls);
  if (!done) throw std::logic_error("oracle: the roots of a polynomial are not isolated");
  for (slong i = 0; i < degree; ++i)
    if (arb_contains_zero(acb_imagref(roots + i)) != 0) arb_zero(acb_imagref(roots + i));
}

void append_roots(std::vector<ExactRoot>& roots, const fmpz_poly_struct* squarefree, int multiplicity,
                  slong bits) {
  const slong degree = fmpz_poly_degree(squarefree);
  if (degree < 1) return;
  const std::unique_ptr<acb_struct, std::function<void(acb_ptr)>> found(
      _acb_vec_init(degree), [degree](acb_ptr vector) { _acb_vec_clear(vector, degree); });
  isolate_roots(found.get(), squarefree, bits);
  for (slong i = 0; i < degree; ++i) {
    ExactRoot root;
    acb_set(root.z.get(), found.get() + i);
    root.multiplicity = multiplicity;
    roots.push_back(std::move(root));
  }
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
