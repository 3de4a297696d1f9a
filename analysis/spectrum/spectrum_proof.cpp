// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum_proof.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "analysis/base/real_ball.hpp"
#include "analysis/spectrum/eigenvalue_enclosures.hpp"
#include "analysis/spectrum/vanishing_proof.hpp"

namespace tmm::analysis {
namespace {

constexpr slong bits = 192;
// A certified value has at least two digits.
constexpr double two_digits = 0.01;

/// Enclosures in units of the scaled weights, descending; lower may be 0.
struct Moduli {
  std::vector<double> lower, upper;
};

// Sorting keeps enclosures: the i-th largest of numbers that each lie between two is at least the i-th
// largest of the lower and at most the i-th largest of the upper ones.
Moduli moduli_of(const EigenvalueEnclosures& eigenvalues) {
  Moduli result;
  for (std::size_t i = 0; i < eigenvalues.lower.size(); ++i) {
    const double low = eigenvalues.lower[i], high = eigenvalues.upper[i];
    result.lower.push_back(std::max({low, -high, 0.0}));
    result.upper.push_back(std::max(high, -low));
  }
  std::ranges::sort(result.lower, std::greater<>());
  std::ranges::sort(result.upper, std::greater<>());
  return result;
}

/// |w_0|^n / Π of the first `count`: the product of the others.
std::optional<RealBall> product_of_the_others(const ScaledTaps& taps, const Moduli& moduli,
                                              std::size_t count) {
  if (!(moduli.lower[count - 1] > 0)) return std::nullopt;
  // A double times a power of two, which no double may hold.
  int exponent = 0;
  RealBall result(static_cast<double>(std::frexp(taps.taps[0], &exponent)));
  arb_mul_2exp_si(result, result, exponent);
  arb_abs(result, result);
  arb_pow_ui(result, result, taps.taps.size(), bits);
  for (std::size_t i = 0; i < count; ++i)
    arb_div(result, result, RealBall::between(moduli.lower[i], moduli.upper[i]), bits);
  return result;
}

/// How many of the largest values are left to their enclosures of fixed width: those with seven digits, up to
/// the widest gap near that limit, where the invariant subspace of the others is best determined.
std::size_t well_enclosed(const Moduli& moduli, double width) {
  const std::size_t n = moduli.lower.size();
  const double most = 1e8 * width, least = 1e6 * width;
  std::size_t count = n;
  double widest = 0;
  if (moduli.lower.back() > most) return n;
  for (std::size_t i = 1; i < n && moduli.lower[i - 1] > least; ++i) {
    const double gap = moduli.lower[i - 1] / std::max(moduli.upper[i], width);
    if (moduli.upper[i] < most && gap > widest) widest = gap, count = i;
  }
  return count;
}

/// Enclosures of the smallest values, all but the `count` largest; empty if they cannot be had.
std::vector<RealBall> vanishing_enclosures(const SpectrumEvidence& evidence, const Moduli& moduli,
                                           std::size_t count, const Spectrum& numerical) {
  const std::size_t k = moduli.lower.size() - count;
  if (k == 0 || count == 0) return {};
  auto product = product_of_the_others(evidence.taps, moduli, count);
  if (!product) return {};
  if (k == 1) return {std::move(*product)};
  const double cut = (moduli.lower[count - 1] + moduli.upper[count]) / 2;
  const auto first = std::ranges::upper_bound(evidence.eigenvalues, -cut) - evidence.eigenvalues.begin();
  const double decades =
      (numerical.values[count].value.log10() - numerical.values.back().value.log10()) / std::log10(2);
  auto bounds = vanishing_upper_bounds(
      evidence.taps.taps, evidence.eigen.vectors(evidence.eigenvalues, static_cast<std::size_t>(first), k),
      moduli.upper[count], std::isfinite(decades) ? decades : 0);
  if (!bounds) return {};
  RealBall ratio = *product;
  for (const RealBall& bound : *bounds) arb_div(ratio, ratio, bound, bits);
  for (RealBall& bound : *bounds) {
    RealBall least;
    arb_mul(least, bound, ratio, bits);
    arb_union(bound, bound, least, bits);
  }
  return std::move(*bounds);
}

/// The better one of what is known of value i, in the units of the weights.
RealBall enclosure(const Moduli& moduli, const std::vector<RealBall>& vanishing, std::size_t i, int shift) {
  const std::size_t first = moduli.lower.size() - vanishing.size();
  RealBall ball = RealBall::between(moduli.lower[i], moduli.upper[i]);
  if (i >= first) {
    const RealBall& other = vanishing[i - first];
    if (arb_overlaps(ball, other) == 0)
      throw std::runtime_error("two proofs contradict each other: BLAS does not multiply as they assume");
    if (arb_rel_accuracy_bits(other) > arb_rel_accuracy_bits(ball)) ball = other;
  }
  arb_mul_2exp_si(ball, ball, shift);
  return ball;
}

void prove_value(const RealBall& ball, SingularValue& sigma) {
  const bool resolved = sigma.status == Status::numerical || sigma.status == Status::undecided;
  if (ball.is_positive()) {
    const ScaledBound bound = scaled_bound(ball, sigma.value);
    if (bound.relative_error <= two_digits) {
      if (!resolved) sigma.method = SpectrumMethod::balls;
      sigma.value = bound.value;
      sigma.relative_error = bound.relative_error;
      sigma.status = Status::certified;
      return;
    }
  }
  // A proven upper bound where no more was known, or what was taken for known cannot be.
  if (resolved && arb_overlaps(ball, RealBall::of(sigma.value)) != 0) return;
  sigma.value = upper_end(ball);
  sigma.status = Status::below_precision;
  sigma.relative_error = std::numeric_limits<double>::infinity();
}

}  // namespace

void prove_spectrum(const SpectrumEvidence& evidence, Spectrum& spectrum) {
  const EigenvalueEnclosures eigenvalues =
      enclose_eigenvalues(evidence.taps.as_double(), evidence.eigen, evidence.eigenvalues);
  const Moduli moduli = moduli_of(eigenvalues);
  const std::vector<RealBall> vanishing =
      vanishing_enclosures(evidence, moduli, well_enclosed(moduli, eigenvalues.distance), spectrum);
  for (std::size_t i = 0; i < moduli.lower.size(); ++i)
    prove_value(enclosure(moduli, vanishing, i, evidence.taps.shift), spectrum.values[i]);
}

}  // namespace tmm::analysis
