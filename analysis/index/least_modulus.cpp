// SPDX-License-Identifier: MIT
#include "analysis/index/least_modulus.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

#include "analysis/base/arb.hpp"

namespace tmm::analysis {
namespace {

constexpr slong most_bits = 4096;

class Exact {
 public:
  Exact() { arf_init(x_); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  ~Exact() { arf_clear(x_); }

  void add(double w) {
    arf_t term;
    arf_init_set_ui(term, 0);
    arf_set_d(term, w);
    arf_add(x_, x_, term, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_clear(term);
  }
  /// |x|·2^−exponent, rounded up.
  double modulus_above(int exponent) {
    arf_abs(x_, x_);
    arf_mul_2exp_si(x_, x_, -exponent);
    return arf_get_d(x_, ARF_RND_UP);
  }

 private:
  arf_t x_;
};

/// The symbol in balls.
class BallSymbol {
 public:
  BallSymbol(std::span<const double> taps, double rest, int exponent) : exponent_(exponent) {
    acb_poly_init(a_);
    acb_init(z_);
    acb_init(value_);
    arb_init(modulus_);
    acb_poly_fit_length(a_, static_cast<slong>(taps.size()));
    for (std::size_t k = 0; k < taps.size(); ++k) {
      acb_set_d(value_, taps[k]);
      acb_poly_set_coeff_acb(a_, static_cast<slong>(k), value_);
    }
    arb_set_d(modulus_, rest);
    acb_poly_get_coeff_acb(value_, a_, 0);
    arb_add(acb_realref(value_), acb_realref(value_), modulus_, ARF_PREC_EXACT);
    acb_poly_set_coeff_acb(a_, 0, value_);
  }
  BallSymbol(const BallSymbol&) = delete;
  BallSymbol& operator=(const BallSymbol&) = delete;
  ~BallSymbol() {
    acb_poly_clear(a_);
    acb_clear(z_);
    acb_clear(value_);
    arb_clear(modulus_);
  }

  /// At or above |a(e^{iθ})|·2^−exponent.
  double modulus_above(double theta) {
    for (slong bits = 256;; bits *= 2) {
      arb_set_d(modulus_, theta);
      arb_sin_cos(acb_imagref(z_), acb_realref(z_), modulus_, bits);
      acb_poly_evaluate(value_, a_, z_, bits);
      acb_abs(modulus_, value_, bits);
      if (arb_rel_accuracy_bits(modulus_) > 8 || bits >= most_bits) break;
    }
    arb_mul_2exp_si(modulus_, modulus_, -exponent_);
    arf_t bound;
    arf_init(bound);
    arb_get_ubound_arf(bound, modulus_, 64);
    const double upper = arf_get_d(bound, ARF_RND_UP);
    arf_clear(bound);
    return upper;
  }

 private:
  int exponent_;
  acb_poly_t a_;
  acb_t z_, value_;
  arb_t modulus_;
};

}  // namespace

ModulusBound least_modulus_at_ends(std::span<const double> taps, double rest, int exponent) {
  Exact one, minus_one;
  one.add(rest);
  minus_one.add(rest);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    one.add(taps[k]);
    minus_one.add(k % 2 == 1 ? -taps[k] : taps[k]);
  }
  const double at_one = one.modulus_above(exponent), at_minus_one = minus_one.modulus_above(exponent);
  return at_one <= at_minus_one ? ModulusBound{at_one, 0} : ModulusBound{at_minus_one, std::numbers::pi};
}

ModulusBound least_modulus_above(std::span<const double> taps, double rest, int exponent,
                                 std::span<const double> thetas) {
  ModulusBound best = least_modulus_at_ends(taps, rest, exponent);
  BallSymbol symbol(taps, rest, exponent);
  const auto consider = [&](double theta) {
    if (theta <= 0 || theta >= std::numbers::pi)
      return;  // the real symbol's lower half circle repeats the upper
    const double upper = symbol.modulus_above(theta);
    if (upper < best.upper) best = {upper, theta};
  };
  for (const double theta : thetas) consider(theta);
  for (double step = 1 / static_cast<double>(taps.size()); step > 0x1p-52; step /= 2) {
    const double centre = best.theta;
    consider(centre - step);
    consider(centre + step);
  }
  return best;
}

}  // namespace tmm::analysis
