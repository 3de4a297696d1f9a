// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/base/arb.hpp"
#include "analysis/base/real_ball.hpp"
#include "analysis/spectrum/ball_elimination.hpp"
#include "analysis/spectrum/graded_eigen.hpp"
#include "analysis/spectrum/inverse_projection.hpp"
#include "analysis/spectrum/inverse_series.hpp"
#include "analysis/spectrum/vanishing_values.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

constexpr double smallest_angle = 1e-5, largest_error = 2e-11;
// Bits kept below the smallest eigenvalue of interest.
constexpr double guard_bits = 80;
// Cap of the work of all attempts together, about ten seconds.
constexpr double largest_work = 2e11;

// Midpoint as mantissa·2^exponent.
struct Scaled {
  long double mantissa = 0;
  long double exponent = 0;
};

Scaled midpoint(const arb_struct* x) {
  arf_t mantissa;
  fmpz_t exponent;
  arf_init(mantissa);
  fmpz_init(exponent);
  arf_frexp(mantissa, exponent, arb_midref(x));
  const double high = arf_get_d(mantissa, ARF_RND_NEAR);
  Scaled result{high, static_cast<long double>(fmpz_get_d(exponent))};
  arf_clear(mantissa);
  fmpz_clear(exponent);
  return result;
}

// Symmetric elimination with complete pivoting (Bunch & Parlett 1971): M = Σ over pivots of L B Lᵀ with
// pivots B of order 1 or 2, well conditioned L, and the grading of M in the pivots alone.
class Elimination {
 public:
  Elimination(BallMatrix& M, Index size, long precision) : M_(M), k_(size), precision_(precision) {}

  // False if a pivot is lost in its error: more precision is needed.
  bool run(GradedSum& sum) {
    sum = {MatrixXd(k_, k_), {}, MatrixXd::Zero(k_, k_)};
    std::vector<Index> rest(static_cast<std::size_t>(k_));
    for (Index i = 0; i < k_; ++i) rest[static_cast<std::size_t>(i)] = i;
    while (!rest.empty()) {
      const auto [p, q] = choose_pivot(M_, rest);
      if (p == q ? !eliminate_one(p, rest, sum) : !eliminate_two(p, q, rest, sum)) return false;
      std::erase_if(rest, [p = p, q = q](Index i) { return i == p || i == q; });
    }
    return true;
  }

 private:
  bool eliminate_one(Index p, const std::vector<Index>& rest, GradedSum& sum) {
    if (arb_rel_accuracy_bits(M_(p, p)) < 50) return false;
    const auto column = static_cast<Index>(sum.weights.size());
    const Scaled pivot = midpoint(M_(p, p));
    sum.weights.push_back(
        {pivot.exponent + std::log2(std::fabs(pivot.mantissa)), pivot.mantissa > 0 ? 1 : -1});
    sum.directions.col(column).setZero();
    sum.directions(p, column) = 1;
    RealBall factor;
    for (const Index i : rest) {
      if (i == p) continue;
      arb_div(factor, M_(i, p), M_(p, p), precision_);
      sum.directions(i, column) = arf_get_d(arb_midref(static_cast<arb_struct*>(factor)), ARF_RND_NEAR);
      for (const Index j : rest)
        if (j != p && j >= i) subtract_product(M_, i, j, factor, M_(j, p), precision_);
    }
    return true;
  }

  bool eliminate_two(Index p, Index q, const std::vector<Index>& rest, GradedSum& sum) {
    RealBall determinant, u, v;
    arb_mul(determinant, M_(p, p), M_(q, q), precision_);
    arb_submul(determinant, M_(p, q), M_(p, q), precision_);
    if (arb_rel_accuracy_bits(determinant) < 50 || arb_rel_accuracy_bits(M_(p, q)) < 50) return false;
    const auto column = static_cast<Index>(sum.weights.size());
    MatrixXd L = MatrixXd::Zero(k_, 2);
    L(p, 0) = L(q, 1) = 1;
    for (const Index i : rest) {
      if (i == p || i == q) continue;
      // (u, v) = (M_ip, M_iq) B⁻¹
      arb_mul(u, M_(i, p), M_(q, q), precision_);
      arb_submul(u, M_(i, q), M_(p, q), precision_);
      arb_div(u, u, determinant, precision_);
      arb_mul(v, M_(i, q), M_(p, p), precision_);
      arb_submul(v, M_(i, p), M_(p, q), precision_);
      arb_div(v, v, determinant, precision_);
      L(i, 0) = arf_get_d(arb_midref(static_cast<arb_struct*>(u)), ARF_RND_NEAR);
      L(i, 1) = arf_get_d(arb_midref(static_cast<arb_struct*>(v)), ARF_RND_NEAR);
      for (const Index j : rest)
        if (j != p && j != q && j >= i) {
          subtract_product(M_, i, j, u, M_(j, p), precision_);
          subtract_product(M_, i, j, v, M_(j, q), precision_);
        }
    }
    add_pair(p, q, L, column, sum);
    return true;
  }

  // The 2×2 pivot in its own eigenvectors; its eigenvalues are of similar size, so double precision is
  // enough.
  void add_pair(Index p, Index q, const MatrixXd& L, Index column, GradedSum& sum) {
    const Scaled off = midpoint(M_(p, q));
    const auto relative = [&](Index i) {
      const Scaled x = midpoint(M_(i, i));
      return x.mantissa * std::exp2(x.exponent - off.exponent);
    };
    const long double a = relative(p), b = off.mantissa, c = relative(q);
    const long double mean = (a + c) / 2, half = (a - c) / 2, radius = std::hypot(half, b);
    const long double angle = std::atan2(b, half) / 2;
    const auto cosine = static_cast<double>(std::cos(angle)), sine = static_cast<double>(std::sin(angle));
    sum.directions.col(column) = cosine * L.col(0) + sine * L.col(1);
    sum.directions.col(column + 1) = cosine * L.col(1) - sine * L.col(0);
    // |mean| < radius by the choice of the pivot: one eigenvalue of each sign.
    sum.weights.push_back({off.exponent + std::log2(radius + mean), 1});
    sum.weights.push_back({off.exponent + std::log2(radius - mean), -1});
  }

  BallMatrix& M_;
  Index k_;
  long precision_;
};

}  // namespace

std::optional<VanishingValues> vanishing_by_balls(std::span<const long double> taps, const MatrixXd& basis,
                                                  double largest_value) {
  GradedSum sum;
  const ProjectionEffort effort{256, guard_bits, largest_value, largest_work};
  if (!project_with_enough_bits(taps, basis, effort, [&](BallMatrix& M, long precision) {
        return Elimination(M, basis.cols(), precision).run(sum);
      }))
    return std::nullopt;
  const GradedEigenvalues eigenvalues = graded_eigenvalues(sum);
  if (!eigenvalues.converged || eigenvalues.smallest_angle < smallest_angle) return std::nullopt;
  VanishingValues result;
  for (const long double exponent : eigenvalues.exponents) result.exponents.push_back(-exponent);
  std::ranges::sort(result.exponents, std::greater<>());
  const double error =
      (8 + std::sqrt(static_cast<double>(taps.size()))) * epsilon / eigenvalues.smallest_angle +
      std::exp2(-45);
  if (!(error <= largest_error)) return std::nullopt;
  result.relative_errors.assign(result.exponents.size(), error);
  return result;
}

}  // namespace tmm::analysis
