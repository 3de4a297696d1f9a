// SPDX-License-Identifier: MIT
#include "analysis/measures/certified_measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/real_ball.hpp"

namespace tmm::analysis {
namespace {

constexpr slong bits = 128;

/// Everything that a singular value may be.
RealBall ball_of(const SingularValue& sigma) {
  RealBall ball = RealBall::of(sigma.value);
  if (sigma.status == Status::below_precision) {
    const RealBall none;
    arb_union(ball, ball, none, bits);
  } else {
    RealBall error(sigma.relative_error);
    arb_mul(error, error, ball, bits);
    arb_add_error(ball, error);
  }
  return ball;
}

RealBall log10_of(const RealBall& x) {
  RealBall result;
  arb_log(result, x, bits);
  RealBall ten(10);
  arb_log(ten, ten, bits);
  arb_div(result, result, ten, bits);
  return result;
}

class Certifier {
 public:
  explicit Certifier(OperatorReport& report) : report_(report), values_(report.spectrum->values) {
    proven_ = std::ranges::none_of(values_, [](const SingularValue& sigma) {
      return sigma.status == Status::numerical || sigma.status == Status::undecided;
    });
  }

  void run() {
    extent("sigma_max", values_.front());
    extent("sigma_min", values_.back());
    condition();
    if (proven_) counts();
    if (report_.layer.tap_error_l1 > 0 || values_.front().value.mantissa == 0) return;
    if (values_.front().status == Status::certified) replace("stable_rank", stable_rank());
    if (proven_) replace("effective_rank", effective_rank());
    replace("log_abs_det_per_row", log_abs_first_tap());
  }

 private:
  Measure* find(const std::string& id) {
    const auto at = std::ranges::find(report_.measures, id, &NamedMeasure::id);
    return at == report_.measures.end() ? nullptr : &at->measure;
  }

  // Only what was a number, and only by one.
  void replace(const std::string& id, const RealBall& ball) {
    Measure* measure = find(id);
    if (measure == nullptr || measure->status != Status::numerical) return;
    Measure proven = certified(ball, measure->method);
    if (proven.status == Status::certified) *measure = std::move(proven);
  }

  void extent(const std::string& id, const SingularValue& sigma) {
    Measure* logarithm = find("log10_" + id);
    if (logarithm == nullptr || sigma.status != Status::certified || sigma.value.mantissa == 0) return;
    Measure proven = certified(log10_of(ball_of(sigma)), logarithm->method);
    if (proven.status == Status::certified) *logarithm = std::move(proven);
  }

  void condition() {
    const SingularValue &largest = values_.front(), &smallest = values_.back();
    if (largest.status != Status::certified || smallest.status != Status::certified ||
        smallest.value.mantissa == 0)
      return;
    RealBall ratio;
    arb_div(ratio, ball_of(largest), ball_of(smallest), bits);
    replace("condition", ratio);
    replace("log10_condition", log10_of(ratio));
  }

  void counts() {
    for (auto& [id, measure] : report_.measures) {
      const bool index = id.starts_with("effective_index_"), rank = id.starts_with("numerical_rank_");
      if ((!index && !rank) || measure.status != Status::numerical) continue;
      measure.status = Status::certified;
      if (measure.error > 0)
        measure.method +=
            fmt::format("; a bracket: {} to {}, values lie within their errors of the threshold",
                        rank ? measure.value - measure.error : measure.value,
                        rank ? measure.value : measure.value + measure.error);
    }
  }

  // w_0 with what its double leaves out.
  [[nodiscard]] RealBall tap(std::size_t k) const {
    RealBall w(report_.layer.taps[k]);
    if (k == 0) {
      const RealBall rest(report_.layer.rest);
      arb_add(w, w, rest, ARF_PREC_EXACT);
    }
    return w;
  }

  // Σ (n−k) w_k²/σ_1².
  [[nodiscard]] RealBall stable_rank() const {
    const std::size_t n = report_.layer.taps.size();
    RealBall sum, square;
    for (std::size_t k = 0; k < n; ++k) {
      const RealBall w = tap(k);
      arb_mul(square, w, w, bits);
      arb_addmul_ui(sum, square, n - k, bits);
    }
    RealBall largest = ball_of(values_.front());
    arb_mul(largest, largest, largest, bits);
    arb_div(sum, sum, largest, bits);
    return sum;
  }

  // exp(ln S − Σ t ln t/S) with t = σ/σ_1 and S = Σ t. On [0, b], b < 1/e, t ln t lies between b ln b and 0.
  [[nodiscard]] RealBall effective_rank() const {
    RealBall total, weighted, share, term;
    const RealBall largest = ball_of(values_.front()), none;
    for (const SingularValue& sigma : values_) {
      if (sigma.value.mantissa == 0) continue;
      const bool bound = sigma.status == Status::below_precision;
      arb_div(share, bound ? RealBall::of(sigma.value) : ball_of(sigma), largest, bits);
      arb_log(term, share, bits);
      arb_mul(term, term, share, bits);
      if (bound) {
        if (share.upper() > 0.36) arb_indeterminate(term);
        arb_union(term, term, none, bits);
        arb_union(share, share, none, bits);
      }
      arb_add(total, total, share, bits);
      arb_add(weighted, weighted, term, bits);
    }
    arb_div(weighted, weighted, total, bits);
    arb_log(total, total, bits);
    arb_sub(total, total, weighted, bits);
    arb_exp(total, total, bits);
    return total;
  }

  [[nodiscard]] RealBall log_abs_first_tap() const {
    RealBall first = tap(0);
    arb_abs(first, first);
    arb_log(first, first, bits);
    return first;
  }

  OperatorReport& report_;
  const std::vector<SingularValue>& values_;
  bool proven_ = false;
};

}  // namespace

void carry_rest(Spectrum& spectrum, double rest) {
  if (rest == 0) return;
  constexpr double two_digits = 0.01;
  for (SingularValue& sigma : spectrum.values) {
    if (sigma.status != Status::certified) continue;
    const double value = sigma.value.to_double();
    const double further = std::fabs(rest) / (value * (1 - two_digits)) * (1 + 0x1p-40);
    if (value > 0 && further + sigma.relative_error <= two_digits)
      sigma.relative_error = (sigma.relative_error + further) * (1 + 0x1p-40) / (1 - 2 * further);
    else
      sigma.status = Status::numerical;
  }
}

void certify_spectrum_measures(OperatorReport& report) {
  Certifier(report).run();
}

}  // namespace tmm::analysis
