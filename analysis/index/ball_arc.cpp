// SPDX-License-Identifier: MIT
#include "analysis/index/ball_arc.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "analysis/base/arb.hpp"
#include "analysis/symbol/taylor_jets.hpp"

namespace tmm::analysis {
namespace {

/// Owners of Arb variables.
struct Real {
  arb_t x;
  Real() { arb_init(x); }
  ~Real() { arb_clear(x); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
};
struct Complex {
  acb_t z;
  Complex() { acb_init(z); }
  ~Complex() { acb_clear(z); }
  Complex(const Complex&) = delete;
  Complex& operator=(const Complex&) = delete;
};
using BallJet = std::array<Complex, jet_order + 1>;

double upper(const arb_t x, slong bits) {
  arf_t bound;
  arf_init(bound);
  arb_get_ubound_arf(bound, x, bits);
  const double value = arf_get_d(bound, ARF_RND_UP);
  arf_clear(bound);
  return value;
}

double lower(const arb_t x, slong bits) {
  arf_t bound;
  arf_init(bound);
  arb_get_lbound_arf(bound, x, bits);
  const double value = arf_get_d(bound, ARF_RND_DOWN);
  arf_clear(bound);
  return value;
}

std::complex<double> midpoint(const acb_t z) {
  return {arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR),
          arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR)};
}

/// Upper bound of the ball's radius.
double radius(const acb_t z) {
  mag_t bound;
  mag_init(bound);
  mag_hypot(bound, arb_radref(acb_realref(z)), arb_radref(acb_imagref(z)));
  const double value = mag_get_d(bound);
  mag_clear(bound);
  return value;
}

/// angle := π·(numerator)/2^(depth) as a ball; π·x is left to the trigonometric functions.
void dyadic(arb_t x, std::uint64_t numerator, int depth, slong bits) {
  fmpz_t integer;
  fmpz_init(integer);
  fmpz_set_ui(integer, numerator);
  arb_set_round_fmpz(x, integer, bits);
  arb_mul_2exp_si(x, x, -depth);
  fmpz_clear(integer);
}

/// jet_m := e^{iφ} (i h)^m/m! Σ_k w_k (k−c)^m z^k with z = e^{iθ} at the arc's middle, h its half-width, and
/// φ = −c·(θ − t₀) its frame's turn. remainder: ball that holds Σ_k |w_k| (h max|k−c|)^{M+1}/(M+1)!.
void ball_jet(BallJet& jet, arb_t remainder, std::span<const double> taps, const DyadicArc& arc,
              const DyadicArc& frame, slong bits, double rest = 0) {
  Complex z, power, term;
  Real angle, tap, sum, scale;
  dyadic(angle.x, 2 * arc.first + 1, arc.depth + 1, bits);
  arb_sin_cos_pi(acb_imagref(z.z), acb_realref(z.z), angle.x, bits);
  acb_one(power.z);
  const auto n = static_cast<slong>(taps.size());
  for (slong k = 0; k < n; ++k) {
    arb_set_d(tap.x, taps[static_cast<std::size_t>(k)]);
    if (k == 0 && rest != 0) {
      arb_set_d(angle.x, rest);
      arb_add(tap.x, tap.x, angle.x, ARF_PREC_EXACT);
    }
    arb_abs(angle.x, tap.x);
    arb_add(sum.x, sum.x, angle.x, bits);
    acb_mul_arb(term.z, power.z, tap.x, bits);
    for (auto& coefficient : jet) {
      acb_add(coefficient.z, coefficient.z, term.z, bits);
      acb_mul_si(term.z, term.z, 2 * k - n + 1, bits);  // 2(k − c), an integer
    }
    acb_mul(power.z, power.z, z.z, bits);
  }
  // e^{iφ}: φ/π = −c·(middle − frame's middle)/π
  Real frame_angle;
  dyadic(angle.x, 2 * arc.first + 1, arc.depth + 1, bits + 64);
  dyadic(frame_angle.x, 2 * frame.first + 1, frame.depth + 1, bits + 64);
  arb_sub(angle.x, frame_angle.x, angle.x, bits + 64);
  arb_mul_si(angle.x, angle.x, n - 1, bits + 64);
  arb_mul_2exp_si(angle.x, angle.x, -1);
  Complex turn;
  arb_sin_cos_pi(acb_imagref(turn.z), acb_realref(turn.z), angle.x, bits);
  // (h/2)^m/m!, h/2 = π/2^(depth+2)
  Real half;
  arb_const_pi(half.x, bits);
  arb_mul_2exp_si(half.x, half.x, -(arc.depth + 2));
  arb_one(scale.x);
  for (slong m = 0; m <= jet_order; ++m) {
    if (m > 0) {
      arb_mul(scale.x, scale.x, half.x, bits);
      arb_div_si(scale.x, scale.x, m, bits);
    }
    acb_ptr coefficient = jet[static_cast<std::size_t>(m)].z;
    acb_mul(coefficient, coefficient, turn.z, bits);
    acb_mul_arb(coefficient, coefficient, scale.x, bits);
    for (slong quarter = 0; quarter < m % 4; ++quarter) acb_mul_onei(coefficient, coefficient);
  }
  arb_mul_si(half.x, half.x, n - 1, bits);
  arb_pow_ui(remainder, half.x, jet_order + 1, bits);
  Real factorial;
  arb_fac_ui(factorial.x, jet_order + 1, bits);
  arb_div(remainder, remainder, factorial.x, bits);
  arb_mul(remainder, remainder, sum.x, bits);
}

/// value := Σ jet_m s^m for s = ±1.
void end_value(acb_t value, const BallJet& jet, int s, slong bits) {
  acb_zero(value);
  for (std::size_t m = 0; m < jet.size(); ++m)
    if (s < 0 && m % 2 == 1)
      acb_sub(value, value, jet[m].z, bits);
    else
      acb_add(value, value, jet[m].z, bits);
}

/// bound := Re(conj(normal) g)/|normal| from below over the whole arc: Σ_{m≥1} and the remainder at their
/// worst.
void project(arb_t bound, const BallJet& jet, const arb_t remainder, std::complex<double> normal,
             slong bits) {
  Complex direction, turned;
  Real term;
  acb_set_d_d(direction.z, normal.real(), -normal.imag());
  for (std::size_t m = 0; m < jet.size(); ++m) {
    acb_mul(turned.z, jet[m].z, direction.z, bits);
    arb_abs(term.x, acb_realref(turned.z));
    if (m == 0)
      arb_set(bound, acb_realref(turned.z));
    else
      arb_sub(bound, bound, term.x, bits);
  }
  acb_abs(term.x, direction.z, bits);
  arb_div(bound, bound, term.x, bits);
  arb_sub(bound, bound, remainder, bits);
}

/// Values of g at both ends, with the error of their double approximations.
struct Ends {
  std::complex<double> entry, exit;
  double balls = 0;  // radii of the balls alone
  double error = 0;  // with remainder and rounding to double
};

Ends end_values(const BallJet& jet, const arb_t remainder, slong bits) {
  Complex entry, exit;
  end_value(entry.z, jet, -1, bits);
  end_value(exit.z, jet, 1, bits);
  Ends ends{midpoint(entry.z), midpoint(exit.z), std::fmax(radius(entry.z), radius(exit.z)), 0};
  const double to_double = 2 * unit_roundoff * std::fmax(std::abs(ends.entry), std::abs(ends.exit)) + 1e-300;
  ends.error = ends.balls + to_double + upper(remainder, bits);
  return ends;
}

}  // namespace

double DyadicArc::middle() const {
  return std::numbers::pi * (static_cast<double>(first) + 0.5) * std::ldexp(1.0, -depth);
}

BallArc test_arc_in_balls(std::span<const double> taps, const DyadicArc& arc, const DyadicArc& frame,
                          int bits, double rest) {
  const slong p = bits;
  BallJet jet;
  Real remainder, by_disc, by_line, reach, term;
  ball_jet(jet, remainder.x, taps, arc, frame, p, rest);
  const Ends ends = end_values(jet, remainder.x, p);
  BallArc result;
  result.entry = ends.entry;
  result.exit = ends.exit;
  result.error = ends.error;
  acb_abs(term.x, jet[0].z, p);
  result.upper_bound = upper(term.x, p);

  // Two half-planes to try: around the centre value, and beside the tangent, on the centre's side of 0.
  const std::complex<double> centre = midpoint(jet[0].z), slope = midpoint(jet[1].z);
  const std::complex<double> across(-slope.imag(), slope.real());
  const std::complex<double> normal = (across * std::conj(centre)).real() < 0 ? -across : across;
  project(by_disc.x, jet, remainder.x, centre, p);
  project(by_line.x, jet, remainder.x, normal, p);
  const double disc = arb_is_finite(by_disc.x) ? lower(by_disc.x, p) : -1;
  const double line = arb_is_finite(by_line.x) ? lower(by_line.x, p) : -1;
  result.line = line > disc;
  result.clearance = std::fmax(disc, line);
  result.normal = result.line ? normal : centre;
  result.settled = result.clearance > 4 * result.error;

  // Halving helps while the arc's extent, not the width of the balls, is what hides 0.
  for (std::size_t m = 1; m < jet.size(); ++m) {
    acb_abs(term.x, jet[m].z, p);
    arb_add(reach.x, reach.x, term.x, p);
  }
  arb_add(reach.x, reach.x, remainder.x, p);
  result.refine = !result.settled && upper(reach.x, p) > 4 * ends.balls;
  return result;
}

HalfPlaneBound bound_in_half_plane(std::span<const double> taps, const DyadicArc& arc, const DyadicArc& frame,
                                   std::complex<double> normal, int bits) {
  BallJet jet;
  Real remainder, bound;
  ball_jet(jet, remainder.x, taps, arc, frame, bits);
  project(bound.x, jet, remainder.x, normal, bits);
  const Ends ends = end_values(jet, remainder.x, bits);
  return {lower(bound.x, bits), ends.entry, ends.exit, ends.error};
}

int exact_sign_at(std::span<const double> taps, int sign, double rest) {
  arf_t sum, tap;
  arf_init(sum);
  arf_init(tap);
  arf_set_d(sum, rest);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    arf_set_d(tap, k % 2 == 1 && sign < 0 ? -taps[k] : taps[k]);
    arf_add(sum, sum, tap, ARF_PREC_EXACT, ARF_RND_DOWN);
  }
  const int result = arf_sgn(sum);
  arf_clear(sum);
  arf_clear(tap);
  return result;
}

}  // namespace tmm::analysis
