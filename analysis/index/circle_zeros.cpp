// SPDX-License-Identifier: MIT
#include "analysis/index/circle_zeros.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "analysis/base/arb.hpp"
#include "analysis/index/integer_polynomial.hpp"

namespace tmm::analysis {
namespace {

constexpr slong largest_gcd_length = slong{1} << 14;
constexpr slong largest_palindrome = slong{1} << 16;
constexpr std::size_t quick_look = 8;  // suspects

bool is_palindrome(const IntegerPolynomial& a) {
  for (slong k = 0, n = fmpz_poly_length(a.p); k < n / 2; ++k)
    if (fmpz_equal(fmpz_poly_get_coeff_ptr(a.p, k), fmpz_poly_get_coeff_ptr(a.p, n - 1 - k)) == 0)
      return false;
  return true;
}

/// Whether a(±1) = 0.
bool vanishes_at(const IntegerPolynomial& a, slong sign) {
  fmpz_t z, value;
  fmpz_init_set_si(z, sign);
  fmpz_init(value);
  fmpz_poly_evaluate_fmpz(value, a.p, z);
  const bool zero = fmpz_is_zero(value) != 0;
  fmpz_clear(z);
  fmpz_clear(value);
  return zero;
}

/// g := g/gcd(g, g').
void make_squarefree(IntegerPolynomial& g) {
  IntegerPolynomial other;
  fmpz_poly_derivative(other.p, g.p);
  fmpz_poly_gcd(other.p, g.p, other.p);
  if (other.degree() > 0) fmpz_poly_div(g.p, g.p, other.p);
}

/// Sign of G(θ) = Re(e^{−ikθ} g(e^{iθ})) at θ = π·numerator/2^depth, deg g = 2k; 0 if `max_bits` cannot tell.
int sign_on_circle(const IntegerPolynomial& g, std::uint64_t numerator, int depth, slong max_bits) {
  int sign = 0;
  acb_t z, value, turn;
  arb_t angle;
  acb_init(z);
  acb_init(value);
  acb_init(turn);
  arb_init(angle);
  for (slong bits = 128; sign == 0 && bits <= max_bits; bits *= 2) {
    arb_set_ui(angle, numerator);
    arb_mul_2exp_si(angle, angle, -depth);
    arb_sin_cos_pi(acb_imagref(z), acb_realref(z), angle, bits);
    arb_fmpz_poly_evaluate_acb(value, g.p, z, bits);
    acb_pow_ui(turn, z, static_cast<ulong>(g.degree() / 2), bits);
    acb_conj(turn, turn);
    acb_mul(value, value, turn, bits);
    if (arb_is_positive(acb_realref(value))) sign = 1;
    if (arb_is_negative(acb_realref(value))) sign = -1;
  }
  acb_clear(z);
  acb_clear(value);
  acb_clear(turn);
  arb_clear(angle);
  return sign;
}

/// Halves [start, start + 1]·π/2^depth, across which G changes sign, down to the resolution of a double.
double locate(const IntegerPolynomial& g, std::uint64_t start, int depth, int sign_at_start, slong max_bits) {
  while (depth < 56) {
    start *= 2;
    ++depth;
    const int middle = sign_on_circle(g, start + 1, depth, max_bits);
    if (middle == 0) return std::numbers::pi * std::ldexp(static_cast<double>(start + 1), -depth);
    if (middle == sign_at_start) ++start;
  }
  return DyadicArc{start, depth}.middle();
}

/// An angle next to a change of G's sign in or at the end of a suspect arc.
std::optional<double> find_sign_change(const IntegerPolynomial& g, std::span<const DyadicArc> suspects,
                                       slong max_bits = 2048) {
  for (const DyadicArc& arc : suspects) {
    // Quarter points from half an arc before to half an arc after: a zero may sit at the very end of the arc.
    const std::uint64_t first = 2 * arc.first;
    int sign = 0;
    std::uint64_t last = 0;
    for (std::uint64_t point = first > 0 ? first - 1 : 0; point <= first + 3; ++point) {
      const int next = sign_on_circle(g, point, arc.depth + 1, max_bits);
      if (sign * next < 0 && point - last == 1) return locate(g, last, arc.depth + 1, sign, max_bits);
      if (sign * next < 0)
        return std::numbers::pi * std::ldexp(static_cast<double>(last + 1), -arc.depth - 1);
      if (next != 0) sign = next, last = point;
    }
  }
  return std::nullopt;
}

/// a: no common factor, a(0) ≠ 0, degree ≥ 1, not a polynomial in a higher power of z.
CircleZeroProof find_zero(const IntegerPolynomial& a, std::span<const DyadicArc> suspects) {
  using enum CircleAnswer;
  if (vanishes_at(a, 1)) return {exists, 0};
  if (vanishes_at(a, -1)) return {exists, std::numbers::pi};
  // A palindromic symbol is its own g; frozen layers, all weights 1, are of this kind. Of even degree, most
  // of them change their sign at the first suspects.
  const bool palindrome = is_palindrome(a);
  if (palindrome && a.degree() % 2 == 0)
    if (const auto theta = find_sign_change(a, suspects.first(std::min(quick_look, suspects.size())), 256))
      return {exists, *theta};
  if (a.degree() >= (palindrome ? largest_palindrome : largest_gcd_length)) return {unknown, 0};
  IntegerPolynomial g;
  if (palindrome)
    fmpz_poly_set(g.p, a.p);
  else
    reciprocal_part(g, a);
  if (g.degree() == 0) return {none, 0};
  const auto m = static_cast<double>(reduce_lacunary(g));
  if (m > 1) suspects = {};
  if (vanishes_at(g, 1)) return {exists, 0};
  if (vanishes_at(g, -1)) return {exists, std::numbers::pi / m};
  make_squarefree(g);
  if (const auto theta = find_sign_change(g, suspects)) return {exists, *theta};
  const PalindromeRoot root = find_palindrome_root(g);
  return {root.answer, root.theta / m};
}

}  // namespace

CircleZeroProof find_zero_on_circle(std::span<const double> taps, double rest,
                                    std::span<const DyadicArc> suspects) {
  IntegerPolynomial a;
  if (!to_integers(a, taps, rest)) return {CircleAnswer::unknown, 0};
  const auto m = static_cast<double>(reduce_lacunary(a));
  CircleZeroProof proof = find_zero(a, m > 1 ? std::span<const DyadicArc>{} : suspects);
  proof.theta /= m;
  return proof;
}

}  // namespace tmm::analysis
