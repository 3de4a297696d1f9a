// SPDX-License-Identifier: MIT
#include "analysis/index/circle_zeros.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "analysis/base/arb.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t largest_gcd_length = std::size_t{1} << 14;
constexpr int largest_exponent_spread = 1024;  // bits

struct Polynomial {
  fmpz_poly_t p;
  Polynomial() { fmpz_poly_init(p); }
  ~Polynomial() { fmpz_poly_clear(p); }
  Polynomial(const Polynomial&) = delete;
  Polynomial& operator=(const Polynomial&) = delete;
};

/// p := 2^e Σ w_k z^k with the smallest e that makes every coefficient an integer. False if they would be
/// huge.
bool to_integers(Polynomial& a, std::span<const double> taps) {
  int low = std::numeric_limits<int>::max(), high = std::numeric_limits<int>::min();
  for (const double w : taps)
    if (w != 0) {
      const int exponent = std::ilogb(w);
      low = std::min(low, exponent - 52);
      high = std::max(high, exponent);
    }
  if (high - low > largest_exponent_spread) return false;
  fmpz_t integer;
  fmpz_init(integer);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    if (taps[k] == 0) continue;
    int exponent = 0;
    const double fraction = std::frexp(taps[k], &exponent);  // taps = fraction·2^exponent
    fmpz_set_d(integer, std::ldexp(fraction, 53));
    fmpz_mul_2exp(integer, integer, static_cast<ulong>(exponent - 53 - low));
    fmpz_poly_set_coeff_fmpz(a.p, static_cast<slong>(k), integer);
  }
  fmpz_clear(integer);
  return true;
}

/// Divides g by (z − root) as often as it goes, root = ±1.
void remove_root(Polynomial& g, slong root) {
  Polynomial factor, quotient;
  fmpz_poly_set_coeff_si(factor.p, 0, -root);
  fmpz_poly_set_coeff_si(factor.p, 1, 1);
  while (fmpz_poly_degree(g.p) > 0 && fmpz_poly_divides(quotient.p, g.p, factor.p))
    fmpz_poly_set(g.p, quotient.p);
}

/// Sign of G(θ) = Re(e^{−ikθ} g(e^{iθ})) at θ = π·numerator/2^depth, deg g = 2k; 0 if 2048 bits cannot tell.
int sign_on_circle(const Polynomial& g, std::uint64_t numerator, int depth) {
  int sign = 0;
  acb_t z, value, turn;
  arb_t angle;
  acb_init(z);
  acb_init(value);
  acb_init(turn);
  arb_init(angle);
  for (slong bits = 128; sign == 0 && bits <= 2048; bits *= 2) {
    arb_set_ui(angle, numerator);
    arb_mul_2exp_si(angle, angle, -depth);
    arb_sin_cos_pi(acb_imagref(z), acb_realref(z), angle, bits);
    arb_fmpz_poly_evaluate_acb(value, g.p, z, bits);
    acb_pow_ui(turn, z, static_cast<ulong>(fmpz_poly_degree(g.p) / 2), bits);
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
double locate(const Polynomial& g, std::uint64_t start, int depth, int sign_at_start) {
  while (depth < 56) {
    start *= 2;
    ++depth;
    const int middle = sign_on_circle(g, start + 1, depth);
    if (middle == 0) return std::numbers::pi * std::ldexp(static_cast<double>(start + 1), -depth);
    if (middle == sign_at_start) ++start;
  }
  return DyadicArc{start, depth}.middle();
}

/// An angle next to a change of G's sign in or at the end of a suspect arc.
std::optional<double> find_sign_change(const Polynomial& g, std::span<const DyadicArc> suspects) {
  for (const DyadicArc& arc : suspects) {
    // Quarter points from half an arc before to half an arc after: a zero may sit at the very end of the arc.
    const std::uint64_t first = 2 * arc.first;
    int sign = 0;
    std::uint64_t last = 0;
    for (std::uint64_t point = first > 0 ? first - 1 : 0; point <= first + 3; ++point) {
      const int next = sign_on_circle(g, point, arc.depth + 1);
      if (sign * next < 0 && point - last == 1) return locate(g, last, arc.depth + 1, sign);
      if (sign * next < 0)
        return std::numbers::pi * std::ldexp(static_cast<double>(last + 1), -arc.depth - 1);
      if (next != 0) sign = next, last = point;
    }
  }
  return std::nullopt;
}

}  // namespace

CircleZeroProof find_zero_on_circle(std::span<const double> taps, std::span<const DyadicArc> suspects) {
  using enum CircleZeroProof::Answer;
  Polynomial g, other;
  if (!to_integers(g, taps)) return {unknown, 0};
  // A palindromic symbol of even degree is its own g; frozen layers, all weights 1, are of this kind.
  if (taps.size() % 2 == 1 && std::equal(taps.begin(), taps.end(), taps.rbegin()))
    if (const auto theta = find_sign_change(g, suspects)) return {exists, *theta};
  if (taps.size() > largest_gcd_length) return {unknown, 0};
  fmpz_poly_reverse(other.p, g.p, fmpz_poly_length(g.p));
  fmpz_poly_gcd(g.p, g.p, other.p);
  if (fmpz_poly_degree(g.p) == 0) return {none, 0};
  fmpz_poly_derivative(other.p, g.p);
  fmpz_poly_gcd(other.p, g.p, other.p);
  fmpz_poly_div(g.p, g.p, other.p);
  remove_root(g, 1);
  remove_root(g, -1);
  if (const auto theta = find_sign_change(g, suspects)) return {exists, *theta};
  return {unknown, 0};
}

}  // namespace tmm::analysis
