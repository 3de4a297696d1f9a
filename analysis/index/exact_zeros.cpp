// SPDX-License-Identifier: MIT
#include "analysis/index/exact_zeros.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/base/arb.hpp"

namespace tmm::analysis {
namespace {

struct Polynomial {
  fmpz_poly_t p;
  Polynomial() { fmpz_poly_init(p); }
  ~Polynomial() { fmpz_poly_clear(p); }
  Polynomial(const Polynomial&) = delete;
  Polynomial& operator=(const Polynomial&) = delete;
};

struct Factors {
  fmpz_poly_factor_t f;
  Factors() { fmpz_poly_factor_init(f); }
  ~Factors() { fmpz_poly_factor_clear(f); }
  Factors(const Factors&) = delete;
  Factors& operator=(const Factors&) = delete;
};

struct Real {
  arb_t x;
  Real() { arb_init(x); }
  ~Real() { arb_clear(x); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
};

/// Exponent of the last bit of w.
int last_bit(double w) {
  return std::max(std::ilogb(w) - 52, -1074);
}

/// coefficient k of p += w/2^exponent, an integer.
void add_weight(fmpz_poly_t p, slong k, double w, int exponent) {
  if (w == 0) return;
  int binary = 0;
  const double fraction = std::frexp(w, &binary);
  fmpz_t integer, sum;
  fmpz_init(integer);
  fmpz_init(sum);
  fmpz_set_d(integer, std::ldexp(fraction, 53));
  const int shift = binary - 53 - exponent;
  if (shift >= 0)
    fmpz_mul_2exp(integer, integer, static_cast<ulong>(shift));
  else
    fmpz_tdiv_q_2exp(integer, integer, static_cast<ulong>(-shift));  // zeros only: w is subnormal
  fmpz_poly_get_coeff_fmpz(sum, p, k);
  fmpz_add(sum, sum, integer);
  fmpz_poly_set_coeff_fmpz(p, k, sum);
  fmpz_clear(integer);
  fmpz_clear(sum);
}

/// p := a/2^exponent; returns the exponent.
int to_integers(Polynomial& a, std::span<const double> taps, double rest) {
  int exponent = rest != 0 ? last_bit(rest) : std::numeric_limits<int>::max();
  for (const double w : taps)
    if (w != 0) exponent = std::min(exponent, last_bit(w));
  for (std::size_t k = 0; k < taps.size(); ++k) add_weight(a.p, static_cast<slong>(k), taps[k], exponent);
  add_weight(a.p, 0, rest, exponent);
  return exponent;
}

/// Divides g, squarefree, by z − root if that divides it; returns how often.
slong remove_root(Polynomial& g, slong root) {
  Polynomial factor, quotient;
  fmpz_poly_set_coeff_si(factor.p, 0, -root);
  fmpz_poly_set_coeff_si(factor.p, 1, 1);
  if (fmpz_poly_degree(g.p) < 1 || fmpz_poly_divides(quotient.p, g.p, factor.p) == 0) return 0;
  fmpz_poly_swap(g.p, quotient.p);
  return 1;
}

/// r(u²) := Σ_j g_j (1 + iu)^j (1 − iu)^{2k−j} for palindromic g of degree 2k: with z + 1/z = 2(1 − s)/(1 +
/// s), s = u², it is Σ_m c_m (2(1 − s))^m (1 + s)^{k−m}, where z^{−k} g = Σ_m c_m (z + 1/z)^m.
void cayley(Polynomial& result, const Polynomial& g) {
  const slong k = fmpz_poly_degree(g.p) / 2;
  // Peel: the leading coefficient of z^{−k} g in z is c_k; (z + 1/z)^m is z^{−m} (1 + z²)^m.
  Polynomial rest, power, square, sum, term, minus, plus;
  fmpz_poly_set(rest.p, g.p);
  fmpz_poly_set_coeff_si(square.p, 0, 1);
  fmpz_poly_set_coeff_si(square.p, 2, 1);
  fmpz_poly_set_coeff_si(minus.p, 0, 2);
  fmpz_poly_set_coeff_si(minus.p, 1, -2);
  fmpz_poly_set_coeff_si(plus.p, 0, 1);
  fmpz_poly_set_coeff_si(plus.p, 1, 1);
  fmpz_t c;
  fmpz_init(c);
  for (slong m = k; m >= 0; --m) {
    fmpz_poly_get_coeff_fmpz(c, rest.p, k + m);
    if (fmpz_is_zero(c) != 0) continue;
    fmpz_poly_pow(power.p, square.p, static_cast<ulong>(m));
    fmpz_poly_shift_left(power.p, power.p, k - m);
    fmpz_poly_scalar_submul_fmpz(rest.p, power.p, c);
    fmpz_poly_pow(term.p, minus.p, static_cast<ulong>(m));
    fmpz_poly_pow(power.p, plus.p, static_cast<ulong>(k - m));
    fmpz_poly_mul(term.p, term.p, power.p);
    fmpz_poly_scalar_addmul_fmpz(sum.p, term.p, c);
  }
  fmpz_clear(c);
  fmpz_poly_zero(result.p);
  for (slong j = 0; j <= fmpz_poly_degree(sum.p); ++j)
    fmpz_poly_set_coeff_fmpz(result.p, 2 * j, fmpz_poly_get_coeff_ptr(sum.p, j));
}

/// Zeros on the circle of the squarefree f, f(0) ≠ 0.
slong count_on_circle(const fmpz_poly_struct* f) {
  Polynomial g, other;
  fmpz_poly_reverse(other.p, f, fmpz_poly_length(f));
  fmpz_poly_gcd(g.p, f, other.p);
  const slong real = remove_root(g, 1) + remove_root(g, -1);
  if (fmpz_poly_degree(g.p) < 2) return real;
  cayley(other, g);
  return real + fmpz_poly_num_real_roots_sturm(other.p);
}

/// The zeros of one factor, isolated until no more than `on_circle` of them meet the circle.
class FactorZeros {
 public:
  FactorZeros(const fmpz_poly_struct* f, slong on_circle) : degree_(fmpz_poly_degree(f)) {
    zeros_ = _acb_vec_init(degree_);
    for (slong bits = 64; bits == 64 || meeting_circle() > on_circle; bits *= 2) {
      arb_fmpz_poly_complex_roots(zeros_, f, 0, bits);
      bits_ = bits;
    }
  }
  ~FactorZeros() { _acb_vec_clear(zeros_, degree_); }
  FactorZeros(const FactorZeros&) = delete;
  FactorZeros& operator=(const FactorZeros&) = delete;

  [[nodiscard]] slong inside() const {
    return std::count_if(zeros_, zeros_ + degree_, [this](const acb_struct& z) {
      Real distance;
      distance_to_circle(distance, z);
      return arb_is_negative(distance.x) != 0;
    });
  }

  /// Angle in [0, π] of the first one that meets the circle.
  [[nodiscard]] double angle() const {
    Real distance;
    for (slong j = 0; j < degree_; ++j) {
      distance_to_circle(distance, zeros_[j]);
      if (arb_contains_zero(distance.x) == 0) continue;
      acb_arg(distance.x, zeros_ + j, bits_);
      return std::fabs(arf_get_d(arb_midref(distance.x), ARF_RND_NEAR));
    }
    return 0;
  }

  /// product *= Π_j ||z_j| − 1|.
  void multiply_distances(Real& product) const {
    Real distance;
    for (slong j = 0; j < degree_; ++j) {
      distance_to_circle(distance, zeros_[j]);
      arb_abs(distance.x, distance.x);
      arb_mul(product.x, product.x, distance.x, bits_);
    }
  }

 private:
  void distance_to_circle(Real& distance, const acb_struct& z) const {
    acb_abs(distance.x, &z, bits_);
    arb_sub_ui(distance.x, distance.x, 1, bits_);
  }
  [[nodiscard]] slong meeting_circle() const {
    return std::count_if(zeros_, zeros_ + degree_, [this](const acb_struct& z) {
      Real distance;
      distance_to_circle(distance, z);
      return arb_contains_zero(distance.x) != 0;
    });
  }

  acb_ptr zeros_;
  slong degree_, bits_ = 64;
};

double lower_bound(const Real& x) {
  arf_t bound;
  arf_init(bound);
  arb_get_lbound_arf(bound, x.x, 64);
  const double value = std::max(arf_get_d(bound, ARF_RND_DOWN), 0.0);
  arf_clear(bound);
  return value;
}

}  // namespace

std::optional<ExactZeros> exact_zeros(std::span<const double> taps, double rest) {
  if (taps.size() > static_cast<std::size_t>(largest_exact_degree) + 1) return std::nullopt;
  Polynomial a;
  const int exponent = to_integers(a, taps, rest);
  Real margin;
  arb_set_fmpz(margin.x, fmpz_poly_lead(a.p));
  arb_abs(margin.x, margin.x);
  arb_mul_2exp_si(margin.x, margin.x, exponent);
  Factors factors;
  fmpz_poly_factor_squarefree(factors.f, a.p);
  ExactZeros result;
  for (slong i = 0; i < factors.f->num; ++i) {
    const fmpz_poly_struct* f = factors.f->p + i;
    if (fmpz_poly_degree(f) < 1) continue;
    const slong on_circle = count_on_circle(f), multiplicity = factors.f->exp[i];
    const FactorZeros zeros(f, on_circle);
    result.inside += multiplicity * zeros.inside();
    if (on_circle > 0 && result.on_circle == 0) result.theta = zeros.angle();
    result.on_circle += multiplicity * on_circle;
    for (slong m = 0; m < multiplicity; ++m) zeros.multiply_distances(margin);
  }
  if (result.on_circle == 0) result.margin = lower_bound(margin);
  return result;
}

}  // namespace tmm::analysis
