// SPDX-License-Identifier: MIT
#include "analysis/spectrum/vanishing_proof.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spectrum/inverse_projection.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;

// Bits kept below the smallest eigenvalue of interest.
constexpr double guard_bits = 96;
// Cap of the work n·k·(k + 40)·bits of the projection (vanishing_balls.cpp), and of k³·bits of the rotations:
// each about a second.
constexpr double largest_projection = 2e10, largest_rotations = 1e8;
constexpr int most_sweeps = 40;
// Rotations end where entries are this share of the smaller diagonal one, in powers of two.
constexpr slong settled = -60;

/// Symmetric Jacobi rotations on the middles of a matrix of balls.
class JacobiRotations {
 public:
  JacobiRotations(BallMatrix& M, BallMatrix& V, Index size, long precision)
      : M_(M), V_(V), k_(size), precision_(precision) {
    for (Index i = 0; i < k_; ++i)
      for (Index j = 0; j < k_; ++j) {
        drop_radius(M_(i, j));
        arb_set_si(V_(i, j), i == j ? 1 : 0);
      }
  }

  // False if they do not end.
  bool run() {
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      bool rotated = false;
      for (Index i = 0; i < k_; ++i)
        for (Index j = i + 1; j < k_; ++j)
          if (!is_settled(i, j)) rotate(i, j), rotated = true;
      if (!rotated) return true;
    }
    return false;
  }

 private:
  static void drop_radius(arb_struct* x) { mag_zero(arb_radref(x)); }

  bool is_settled(Index i, Index j) {
    const arf_struct *a = arb_midref(M_(i, i)), *b = arb_midref(M_(j, j));
    arf_t limit;
    arf_init(limit);
    arf_mul_2exp_si(limit, arf_cmpabs(a, b) < 0 ? a : b, settled);
    const bool small = arf_cmpabs(arb_midref(M_(i, j)), limit) <= 0;
    arf_clear(limit);
    return small;
  }

  // (x, y) ← (c x − s y, s x + c y)
  void turn(arb_struct* x, arb_struct* y) {
    arb_mul(old_, x, sine_, precision_);
    arb_mul(x, x, cosine_, precision_);
    arb_submul(x, y, sine_, precision_);
    arb_mul(y, y, cosine_, precision_);
    arb_add(y, y, old_, precision_);
    drop_radius(x);
    drop_radius(y);
  }

  // With θ = (M_jj − M_ii)/(2 M_ij), t = sign(θ)/(|θ| + √(θ² + 1)) is the tangent (Golub & Van Loan, 4th ed.,
  // §8.5).
  void rotate(Index i, Index j) {
    RealBall theta, tangent;
    arb_sub(theta, M_(j, j), M_(i, i), precision_);
    arb_div(theta, theta, M_(i, j), precision_);
    arb_mul_2exp_si(theta, theta, -1);
    drop_radius(theta);
    const int sign = arf_sgn(arb_midref(static_cast<arb_struct*>(theta))) < 0 ? -1 : 1;
    arb_mul(tangent, theta, theta, precision_);
    arb_add_ui(tangent, tangent, 1, precision_);
    arb_sqrt(tangent, tangent, precision_);
    arb_abs(theta, theta);
    arb_add(tangent, tangent, theta, precision_);
    arb_inv(tangent, tangent, precision_);
    if (sign < 0) arb_neg(tangent, tangent);
    drop_radius(tangent);
    arb_mul(cosine_, tangent, tangent, precision_);
    arb_add_ui(cosine_, cosine_, 1, precision_);
    arb_rsqrt(cosine_, cosine_, precision_);
    drop_radius(cosine_);
    arb_mul(sine_, tangent, cosine_, precision_);
    drop_radius(sine_);
    for (Index l = 0; l < k_; ++l) turn(M_(l, i), M_(l, j));
    for (Index l = 0; l < k_; ++l) turn(M_(i, l), M_(j, l));
    for (Index l = 0; l < k_; ++l) turn(V_(l, i), V_(l, j));
  }

  BallMatrix &M_, &V_;
  Index k_;
  long precision_;
  RealBall cosine_, sine_, old_;
};

/// 1 + ‖AᵀA − I‖_F ≥ ‖A‖₂².
RealBall squared_norm(const arb_mat_struct* A, long precision) {
  const slong k = arb_mat_ncols(A);
  RealBall sum, entry;
  for (slong i = 0; i < k; ++i)
    for (slong j = 0; j <= i; ++j) {
      arb_zero(entry);
      for (slong l = 0; l < arb_mat_nrows(A); ++l)
        arb_addmul(entry, arb_mat_entry(A, l, i), arb_mat_entry(A, l, j), precision);
      if (i == j) arb_sub_ui(entry, entry, 1, precision);
      arb_mul(entry, entry, entry, precision);
      if (i != j) arb_mul_2exp_si(entry, entry, 1);
      arb_add(sum, sum, entry, precision);
    }
  arb_sqrt(sum, sum, precision);
  arb_add_ui(sum, sum, 1, precision);
  return sum;
}

RealBall squared_norm(const MatrixXd& X) {
  arb_mat_t A;
  arb_mat_init(A, X.rows(), X.cols());
  for (Index i = 0; i < X.rows(); ++i)
    for (Index j = 0; j < X.cols(); ++j) arb_set_d(arb_mat_entry(A, i, j), X(i, j));
  RealBall result = squared_norm(A, 128);
  arb_mat_clear(A);
  return result;
}

/// The columns of H: their lengths, and √(1 − κ).
bool columns_of(BallMatrix& H, Index k, long precision, std::vector<RealBall>& lengths, RealBall& slant) {
  std::vector<RealBall> cosines(static_cast<std::size_t>(k));
  const auto product = [&](RealBall& sum, Index i, Index j) {
    arb_zero(sum);
    for (Index l = 0; l < k; ++l) arb_addmul(sum, H(l, i), H(l, j), precision);
  };
  lengths.assign(static_cast<std::size_t>(k), {});
  for (Index i = 0; i < k; ++i) {
    RealBall& length = lengths[static_cast<std::size_t>(i)];
    product(length, i, i);
    arb_sqrt(length, length, precision);
    if (!length.is_positive()) return false;
  }
  RealBall cosine;
  for (Index i = 0; i < k; ++i)
    for (Index j = i + 1; j < k; ++j) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
      product(cosine, i, j);
      arb_div(cosine, cosine, lengths[a], precision);
      arb_div(cosine, cosine, lengths[b], precision);
      arb_abs(cosine, cosine);
      arb_add(cosines[a], cosines[a], cosine, precision);
      arb_add(cosines[b], cosines[b], cosine, precision);
    }
  double kappa = 0;
  for (const RealBall& sum : cosines) kappa = std::max(kappa, sum.upper());
  if (!(kappa < 1e-3)) return false;
  arb_set_d(slant, -kappa);
  arb_add_ui(slant, slant, 1, precision);
  arb_sqrt(slant, slant, precision);
  return true;
}

/// The bounds from M = XᵀB X, which is destroyed; `squared` ≥ ‖X‖².
std::optional<std::vector<RealBall>> bounds_from(BallMatrix& M, Index k, const RealBall& squared,
                                                 long precision) {
  BallMatrix rotated(k), V(k), H(k);
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) arb_set(rotated(i, j), M(i, j));
  if (!JacobiRotations(rotated, V, k, precision).run()) return std::nullopt;
  arb_mat_mul(H.get(), M.get(), V.get(), precision);
  std::vector<RealBall> bounds;
  RealBall slant;
  if (!columns_of(H, k, precision, bounds, slant)) return std::nullopt;
  RealBall factor = squared_norm(V.get(), precision);
  arb_sqrt(factor, factor, precision);
  arb_mul(factor, factor, squared, precision);
  arb_div(factor, factor, slant, precision);
  for (RealBall& bound : bounds) arb_div(bound, factor, bound, precision);
  std::ranges::sort(bounds, [](const RealBall& a, const RealBall& b) {
    return arf_cmp(arb_midref(static_cast<const arb_struct*>(a)),
                   arb_midref(static_cast<const arb_struct*>(b))) > 0;
  });
  // Bounds of almost the same size may be in either order: each is at least those behind it.
  for (std::size_t i = bounds.size(); i-- > 1;) arb_max(bounds[i - 1], bounds[i - 1], bounds[i], precision);
  return bounds;
}

}  // namespace

std::optional<std::vector<RealBall>> vanishing_upper_bounds(std::span<const long double> taps,
                                                            const MatrixXd& basis, double largest_value) {
  const MatrixXd Y = basis.colwise().reverse();
  const auto n = static_cast<double>(taps.size()), k = static_cast<double>(Y.cols());
  BallSeries inverse;
  double bits = 256, work = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    work += n * k * (k + 40) * bits;
    if (work > largest_projection || k * k * k * bits > largest_rotations) return std::nullopt;
    const auto precision = static_cast<long>(bits);
    invert_series(inverse, taps, precision);
    const SeriesSize size = size_of(inverse);
    if (!std::isfinite(size.largest)) {
      bits *= 2;
      continue;
    }
    // The smallest eigenvalue of interest is 1/largest_value.
    const double needed = size.largest + std::log2(largest_value) + std::log2(n) + guard_bits;
    if (size.largest - size.radius < needed || bits < needed) {
      bits = std::max({needed + 32, bits - (size.largest - size.radius) + needed + 16, 1.1 * bits});
      continue;
    }
    BallMatrix M(Y.cols());
    project_inverse(M, inverse, Y, precision);
    return bounds_from(M, Y.cols(), squared_norm(basis), precision);
  }
  return std::nullopt;
}

}  // namespace tmm::analysis
