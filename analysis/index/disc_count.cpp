// SPDX-License-Identifier: MIT
#include "analysis/index/disc_count.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/index/integer_polynomial.hpp"

namespace tmm::analysis {
namespace {

constexpr double most_work = 0x1p33;  // n² × bits of one attempt

/// Owner of a vector of balls.
struct Balls {
  arb_ptr at;
  slong size;
  explicit Balls(slong n) : at(_arb_vec_init(n)), size(n) {}
  ~Balls() { _arb_vec_clear(at, size); }
  Balls(const Balls&) = delete;
  Balls& operator=(const Balls&) = delete;
};

/// −1, 1: |x| < |y|, |x| > |y|; 0: not decided.
int compare_moduli(const arb_t x, const arb_t y) {
  arb_t a, b;
  arb_init(a);
  arb_init(b);
  arb_abs(a, x);
  arb_abs(b, y);
  const int order = arb_lt(a, b) != 0 ? -1 : arb_gt(a, b) != 0 ? 1 : 0;
  arb_clear(a);
  arb_clear(b);
  return order;
}

/// Schur–Cohn steps in balls of `bits` bits; empty if a comparison stays open.
std::optional<std::int64_t> schur_cohn(const IntegerPolynomial& b, slong bits) {
  const slong degree = b.degree();
  Balls f(degree + 1), h(degree + 1);
  for (slong k = 0; k <= degree; ++k) arb_set_round_fmpz(f.at + k, fmpz_poly_get_coeff_ptr(b.p, k), bits);
  std::int64_t count = 0;
  arb_t ratio;
  arb_init(ratio);
  slong e = degree;
  for (; e > 0; --e) {
    const int order = compare_moduli(f.at, f.at + e);
    if (order == 0) break;
    // f − γf*: either z^e or the constant vanishes, and f keeps the upper hand on the circle, |f| = |f*|.
    if (order > 0)
      arb_div(ratio, f.at + e, f.at, bits);
    else
      arb_div(ratio, f.at, f.at + e, bits);
    arb_neg(ratio, ratio);
    const slong from = order > 0 ? 0 : 1;
    for (slong k = 0; k < e; ++k) {
      arb_set(h.at + k, f.at + k + from);
      arb_addmul(h.at + k, ratio, f.at + e - k - from, bits);
    }
    std::swap(f.at, h.at);
    count += from;
  }
  arb_clear(ratio);
  return e == 0 ? std::optional(count) : std::nullopt;
}

/// mapped(z) := (z + q)^d b((qz + 1)/(z + q)): w = (1 − q²)/(z + q) + q, so b(x + q), reversed and scaled.
void map_disc(IntegerPolynomial& mapped, const IntegerPolynomial& b, ulong q) {
  const slong d = b.degree();
  fmpz_t shift, factor, power;
  fmpz_init_set_ui(shift, q);
  fmpz_init_set_si(factor, 1 - static_cast<slong>(q * q));
  fmpz_init_set_ui(power, 1);
  fmpz_poly_taylor_shift(mapped.p, b.p, shift);
  for (slong k = 0; k <= d; ++k) {
    fmpz_mul(fmpz_poly_get_coeff_ptr(mapped.p, k), fmpz_poly_get_coeff_ptr(mapped.p, k), power);
    fmpz_mul(power, power, factor);
  }
  fmpz_poly_reverse(mapped.p, mapped.p, d + 1);
  fmpz_poly_taylor_shift(mapped.p, mapped.p, shift);
  fmpz_clear(shift);
  fmpz_clear(factor);
  fmpz_clear(power);
}

/// Zeros in the disc of a polynomial that has none on the circle nor in pairs z, 1/z.
std::optional<std::int64_t> count_by_schur_cohn(const IntegerPolynomial& b) {
  constexpr std::array<ulong, 5> maps{2, 3, 5, 7, 11};
  const auto size = static_cast<double>(b.degree());
  std::size_t next = 0;
  for (slong bits = std::max<slong>(256, 4 * b.degree());
       size * size * static_cast<double>(bits) <= most_work; bits *= 2) {
    if (const auto count = schur_cohn(b, bits)) return count;
    IntegerPolynomial mapped;
    map_disc(mapped, b, maps[next++ % maps.size()]);
    // A zero at q has gone to infinity, from outside to outside: the degree falls, the count stays.
    if (const auto count = schur_cohn(mapped, bits)) return count;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> count_in_disc(std::span<const double> taps, double rest) {
  IntegerPolynomial a, g, b;
  if (!to_integers(a, taps, rest)) return std::nullopt;
  const auto m = static_cast<std::int64_t>(reduce_lacunary(a));
  const auto size = static_cast<double>(a.degree());
  if (4 * size * size * size > most_work) return std::nullopt;
  reciprocal_part(g, a);
  fmpz_poly_div(b.p, a.p, g.p);
  const auto count = count_by_schur_cohn(b);
  if (!count) return std::nullopt;
  return m * (g.degree() / 2 + *count);
}

}  // namespace tmm::analysis
