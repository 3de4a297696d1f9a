// SPDX-License-Identifier: MIT
#include "analysis/oracle/exact_radius.hpp"

#include <queue>
#include <vector>

namespace tmm::test {
namespace {

/// Σ w trig(φ) and its derivative by θ, Σ trig²(φ) and its derivative: one of the two equations.
struct Equation {
  Ball value, slope, gram, gram_slope;

  /// Certainly there, certainly absent (exactly 0), or neither.
  [[nodiscard]] bool present() const { return arb_is_positive(gram.get()) != 0; }
  [[nodiscard]] bool absent() const { return arb_is_zero(gram.get()) != 0; }
};

class Rho {
 public:
  Rho(std::span<const double> taps, slong bits) : taps_(taps), bits_(bits) {
    acb_poly_init(weights_);
    for (std::size_t k = taps.size(); k-- > 0;) {
      ComplexBall weight;
      arb_set_d(acb_realref(weight.get()), taps[k]);
      acb_poly_set_coeff_acb(weights_, static_cast<slong>(k), weight.get());
    }
  }
  Rho(const Rho&) = delete;
  Rho& operator=(const Rho&) = delete;
  ~Rho() { acb_poly_clear(weights_); }

  /// ρ² at the exact point t, θ = πt.
  [[nodiscard]] Ball squared(const Ball& t) const {
    const auto [re, im] = equations(t, t);
    Ball sum;
    for (const Equation* e : {&re, &im})
      if (!e->absent()) sum = add(sum, quotient(*e));
    return sum;
  }

  /// A lower bound of ρ² on the interval t, whose middle is `middle`: the largest of the centred forms f(m) +
  /// f′(t)(t − m) of both squares together and of each alone, the other being at least 0.
  [[nodiscard]] Ball at_least(const Ball& t, const Ball& middle) const {
    const auto [re, im] = equations(t, middle);
    const auto [middle_re, middle_im] = equations(middle, middle);
    Ball best, sum, slope;
    for (const auto& [on, at] : {std::pair{&re, &middle_re}, std::pair{&im, &middle_im}}) {
      if (!on->present()) continue;
      const Ball value = quotient(*at), change = derivative(*on);
      best = maximum(best, centred(value, change, t, middle));
      sum = add(sum, value);
      slope = add(slope, change);
    }
    return maximum(best, centred(sum, slope, t, middle));
  }

 private:
  /// Lower end of value + slope·(t − middle), as an exact ball.
  [[nodiscard]] Ball centred(const Ball& value, const Ball& slope, const Ball& t, const Ball& middle) const {
    Ball step, pi;
    arb_sub(step.get(), t.get(), middle.get(), bits_);
    arb_const_pi(pi.get(), bits_);
    arb_mul(step.get(), step.get(), pi.get(), bits_);
    arb_mul(step.get(), step.get(), slope.get(), bits_);
    arb_add(step.get(), step.get(), value.get(), bits_);
    Ball low;
    arb_get_lbound_arf(arb_midref(low.get()), step.get(), bits_);
    return low;
  }

  [[nodiscard]] Ball add(const Ball& a, const Ball& b) const {
    Ball sum;
    arb_add(sum.get(), a.get(), b.get(), bits_);
    return sum;
  }

  /// At or on t around the exact point `middle`. b = e^{−icθ} a and db/dθ = i e^{−icθ} (z a′ − c a) come from
  /// the Taylor polynomial of a about e^{iπ·middle}: next to multiple zeros its coefficients are as small as
  /// a is, so that intervals stay narrow, where Σ w_k cos φ_k is as wide as all weights together.
  [[nodiscard]] std::pair<Equation, Equation> equations(const Ball& t, const Ball& middle) const {
    Equation re, im;
    const auto n = static_cast<slong>(taps_.size());
    ComplexBall z, centre, turn, value, slope, b;
    Ball c;
    arb_set_si(c.get(), n - 1);
    arb_mul_2exp_si(c.get(), c.get(), -1);
    exp_pi_i(z, t);
    exp_pi_i(centre, middle);
    acb_poly_t polynomial;
    acb_poly_init(polynomial);
    acb_poly_set(polynomial, weights_);
    acb_poly_taylor_shift(polynomial, polynomial, centre.get(), bits_);
    Ball angle;
    arb_mul(angle.get(), c.get(), t.get(), bits_);
    arb_neg(angle.get(), angle.get());
    exp_pi_i(turn, angle);
    ComplexBall step;
    acb_sub(step.get(), z.get(), centre.get(), bits_);
    acb_poly_evaluate2(value.get(), slope.get(), polynomial, step.get(), bits_);
    acb_poly_clear(polynomial);
    acb_mul(b.get(), turn.get(), value.get(), bits_);
    arb_set(re.value.get(), acb_realref(b.get()));
    arb_set(im.value.get(), acb_imagref(b.get()));
    acb_mul(slope.get(), slope.get(), z.get(), bits_);
    acb_mul_arb(value.get(), value.get(), c.get(), bits_);
    acb_sub(slope.get(), slope.get(), value.get(), bits_);
    acb_mul(slope.get(), slope.get(), turn.get(), bits_);
    acb_mul_onei(slope.get(), slope.get());
    arb_set(re.slope.get(), acb_realref(slope.get()));
    arb_set(im.slope.get(), acb_imagref(slope.get()));
    add_grams(re, im, t);
    return {re, im};
  }

  void add_grams(Equation& re, Equation& im, const Ball& t) const {
    Ball phase, sine, cosine, offset, term;
    const auto n = static_cast<slong>(taps_.size());
    for (slong k = 0; k < n; ++k) {
      arb_set_si(offset.get(), 2 * k - (n - 1));
      arb_mul_2exp_si(offset.get(), offset.get(), -1);
      arb_mul(phase.get(), t.get(), offset.get(), bits_);
      arb_sin_cos_pi(sine.get(), cosine.get(), phase.get(), bits_);
      arb_addmul(re.gram.get(), cosine.get(), cosine.get(), bits_);
      arb_addmul(im.gram.get(), sine.get(), sine.get(), bits_);
      arb_mul(term.get(), sine.get(), cosine.get(), bits_);
      arb_mul(term.get(), term.get(), offset.get(), bits_);
      arb_mul_2exp_si(term.get(), term.get(), 1);
      arb_sub(re.gram_slope.get(), re.gram_slope.get(), term.get(), bits_);
      arb_add(im.gram_slope.get(), im.gram_slope.get(), term.get(), bits_);
    }
  }

  /// e^{iπx}.
  void exp_pi_i(ComplexBall& result, const Ball& x) const {
    arb_sin_cos_pi(acb_imagref(result.get()), acb_realref(result.get()), x.get(), bits_);
  }

  /// value²/gram.
  [[nodiscard]] Ball quotient(const Equation& e) const {
    Ball result;
    arb_sqr(result.get(), e.value.get(), bits_);
    arb_div(result.get(), result.get(), e.gram.get(), bits_);
    return result;
  }

  /// (value²/gram)′ = q (2 value′ − q gram′) with q = value/gram.
  [[nodiscard]] Ball derivative(const Equation& e) const {
    Ball q, result = e.slope;
    arb_div(q.get(), e.value.get(), e.gram.get(), bits_);
    arb_mul_2exp_si(result.get(), result.get(), 1);
    arb_submul(result.get(), q.get(), e.gram_slope.get(), bits_);
    arb_mul(result.get(), result.get(), q.get(), bits_);
    return result;
  }

  std::span<const double> taps_;
  slong bits_;
  acb_poly_t weights_;
};

/// An interval of t with its middle, an exact number, and a lower bound of ρ² there.
struct Piece {
  Ball low, middle, interval;
};

Piece piece(const Rho& rho, const Ball& from, const Ball& to) {
  Piece p;
  arb_add(p.middle.get(), from.get(), to.get(), ARF_PREC_EXACT);
  arb_mul_2exp_si(p.middle.get(), p.middle.get(), -1);
  arb_union(p.interval.get(), from.get(), to.get(), 64 * oracle_bits);
  p.low = rho.at_least(p.interval, p.middle);
  return p;
}

struct Greater {
  bool operator()(const Piece& a, const Piece& b) const { return certainly_less(b.low, a.low); }
};

/// Upper end of a ball, as an exact one.
Ball top(const Ball& x, slong bits) {
  Ball result;
  arb_get_ubound_arf(arb_midref(result.get()), x.get(), bits);
  return result;
}

/// The enclosure with so many bits; false if they do not suffice.
bool enclose(std::span<const double> taps, slong bits, Ball& result) {
  constexpr int most_pieces = 100'000;
  const Rho rho(taps, bits);
  std::priority_queue<Piece, std::vector<Piece>, Greater> pieces;
  const Ball one(1.0);
  Ball best = minimum(top(rho.squared(Ball()), bits), top(rho.squared(one), bits));
  std::vector<Ball> ends{Ball()};
  const auto parts = static_cast<slong>(4 * taps.size());
  slong level = 1;
  while ((slong{1} << level) < parts) ++level;
  for (slong i = 1; i <= slong{1} << level; ++i)
    ends.push_back(Ball(static_cast<double>(i)).times_power_of_two(-level));
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) pieces.push(piece(rho, ends[i], ends[i + 1]));
  for (int count = 0; count < most_pieces; ++count) {
    const Piece least = pieces.top();
    pieces.pop();
    const Ball there = rho.squared(least.middle);
    if (arb_rel_accuracy_bits(there.get()) < 60) return false;
    best = minimum(best, top(there, bits));
    const Ball enough = best - best.times_power_of_two(-50);
    if (!certainly_less(least.low, enough)) {
      arb_union(result.get(), minimum(least.low, best).get(), best.get(), bits);
      arb_sqrt(result.get(), result.get(), bits);
      return true;
    }
    if (arb_rel_accuracy_bits(least.interval.get()) > bits) return false;
    Ball from, to;
    arb_get_lbound_arf(arb_midref(from.get()), least.interval.get(), 64 * oracle_bits);
    arb_get_ubound_arf(arb_midref(to.get()), least.interval.get(), 64 * oracle_bits);
    pieces.push(piece(rho, from, least.middle));
    pieces.push(piece(rho, least.middle, to));
  }
  return false;
}

}  // namespace

std::optional<Ball> exact_index_radius(std::span<const double> taps) {
  Ball result;
  for (const slong bits : {oracle_bits / 2, 2 * oracle_bits})
    if (enclose(taps, bits, result)) return result;
  return std::nullopt;
}

}  // namespace tmm::test
