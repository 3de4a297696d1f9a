// SPDX-License-Identifier: MIT
#include "analysis/spectrum/vanishing_proof.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spectrum/ball_elimination.hpp"
#include "analysis/spectrum/integer_projection.hpp"
#include "analysis/spectrum/inverse_projection.hpp"
#include "analysis/spectrum/scaled_jacobi.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;

// Bits kept below the smallest eigenvalue of interest; those of matrices of ordinary size.
constexpr double guard_bits = 128;
constexpr long ordinary_bits = 192;
// Cap of the work of the projection: about a second.
constexpr double largest_work = 2e10;

/// 1 + ‖AᵀA − I‖_F ≥ ‖A‖₂².
RealBall squared_norm(const arb_mat_struct* A) {
  RealBall sum, entry;
  const slong k = arb_mat_ncols(A), rows = arb_mat_nrows(A);
  for (slong i = 0; i < k; ++i)
    for (slong j = 0; j <= i; ++j) {
      arb_dot(entry, nullptr, 0, arb_mat_entry(A, 0, i), k, arb_mat_entry(A, 0, j), k, rows, 128);
      if (i == j) arb_sub_ui(entry, entry, 1, 128);
      arb_mul(entry, entry, entry, 128);
      if (i != j) arb_mul_2exp_si(entry, entry, 1);
      arb_add(sum, sum, entry, 128);
    }
  arb_sqrtpos(sum, sum, 128);
  arb_add_ui(sum, sum, 1, 128);
  return sum;
}

RealBall squared_norm(const MatrixXd& X) {
  arb_mat_t A;
  arb_mat_init(A, X.rows(), X.cols());
  for (Index i = 0; i < X.rows(); ++i)
    for (Index j = 0; j < X.cols(); ++j) arb_set_d(arb_mat_entry(A, i, j), X(i, j));
  RealBall result = squared_norm(A);
  arb_mat_clear(A);
  return result;
}

/// F D of the header, D = diag(2^exponents).
struct Graded {
  BallMatrix F;
  std::vector<long> exponents;
};

/// Floor of log2|x|, x a number other than 0.
long exponent_of(const RealBall& x) {
  return static_cast<long>(arf_abs_bound_lt_2exp_si(arb_midref(static_cast<const arb_struct*>(x)))) - 1;
}

/// F D from L and β; false if LᵀL is not known well enough.
bool graded_factor(BallMatrix& L, const std::vector<RealBall>& beta, Graded& result) {
  const auto k = static_cast<Index>(beta.size());
  BallMatrix gram(k), K(k);
  RealBall sum, term;
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j <= i; ++j) {
      arb_dot(sum, nullptr, 0, L(0, i), k, L(0, j), k, k, ordinary_bits);
      arb_set(gram(i, j), sum);
      arb_set(gram(j, i), sum);
    }
  if (arb_mat_cho(K.get(), gram.get(), ordinary_bits) == 0) return false;
  for (const RealBall& b : beta) result.exponents.push_back(exponent_of(b));
  for (Index j = 0; j < k; ++j) {
    const long scale = result.exponents[static_cast<std::size_t>(j)];
    for (Index i = j; i < k; ++i) {  // β_i K_ij 2^−e_j
      arb_mul(term, beta[static_cast<std::size_t>(i)], K(i, j), ordinary_bits);
      arb_mul_2exp_si(gram(i, j), term, -scale);
    }
    for (Index l = 0; l < k; ++l)
      arb_dot(result.F(l, j), nullptr, 0, L(l, j), 1, gram(j, j), k, k - j, ordinary_bits);
  }
  return true;
}

/// The columns of F Z 2^e in balls: their lengths, and √(1 − κ).
bool lengths_of_columns(Graded& graded, const MatrixXd& Z, std::vector<RealBall>& lengths, RealBall& slant) {
  const Index k = Z.cols();
  BallMatrix right(k), N(k);
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) arb_set_d(right(i, j), Z(i, j));
  arb_mat_mul(N.get(), graded.F.get(), right.get(), ordinary_bits);
  std::vector<RealBall> cosines(static_cast<std::size_t>(k));
  lengths.assign(static_cast<std::size_t>(k), {});
  RealBall cosine;
  for (Index i = 0; i < k; ++i) {
    const auto a = static_cast<std::size_t>(i);
    arb_dot(lengths[a], nullptr, 0, N(0, i), k, N(0, i), k, k, ordinary_bits);
    arb_sqrt(lengths[a], lengths[a], ordinary_bits);
    if (!lengths[a].is_positive()) return false;
    for (Index j = 0; j < i; ++j) {
      const auto b = static_cast<std::size_t>(j);
      arb_dot(cosine, nullptr, 0, N(0, i), k, N(0, j), k, k, ordinary_bits);
      arb_div(cosine, cosine, lengths[a], ordinary_bits);
      arb_div(cosine, cosine, lengths[b], ordinary_bits);
      arb_abs(cosine, cosine);
      arb_add(cosines[a], cosines[a], cosine, ordinary_bits);
      arb_add(cosines[b], cosines[b], cosine, ordinary_bits);
    }
  }
  double kappa = 0;
  for (const RealBall& sum : cosines) kappa = std::max(kappa, sum.upper());
  if (!(kappa < 1e-3)) return false;
  arb_set_d(slant, -kappa);
  arb_add_ui(slant, slant, 1, ordinary_bits);
  arb_sqrt(slant, slant, ordinary_bits);
  for (std::size_t j = 0; j < lengths.size(); ++j)
    arb_mul_2exp_si(lengths[j], lengths[j], graded.exponents[j]);
  return true;
}

/// ‖V‖ of V = D⁻¹ Z D, at most.
RealBall norm_of_rotations(const Graded& graded, const MatrixXd& Z) {
  const Index k = Z.cols();
  BallMatrix V(k);
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) {
      arb_set_d(V(i, j), Z(i, j));
      arb_mul_2exp_si(
          V(i, j), V(i, j),
          graded.exponents[static_cast<std::size_t>(j)] - graded.exponents[static_cast<std::size_t>(i)]);
    }
  RealBall result = squared_norm(V.get());
  arb_sqrt(result, result, 128);
  return result;
}

/// The bounds from M = XᵀB X, which is destroyed; `squared` ≥ ‖X‖².
std::optional<std::vector<RealBall>> bounds_from(BallMatrix& M, Index k, const RealBall& squared,
                                                 long precision) {
  BallMatrix L(k);
  std::vector<RealBall> beta, bounds;
  if (!eliminate(M, k, precision, L, beta)) return std::nullopt;
  Graded graded{BallMatrix(k), {}};
  if (!graded_factor(L, beta, graded)) return std::nullopt;
  MatrixXd F(k, k);
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) F(i, j) = arf_get_d(arb_midref(graded.F(i, j)), ARF_RND_NEAR);
  if (!F.allFinite()) return std::nullopt;
  const MatrixXd Z = scaled_jacobi(F, graded.exponents);
  RealBall slant;
  if (!Z.allFinite() || !lengths_of_columns(graded, Z, bounds, slant)) return std::nullopt;
  RealBall factor = norm_of_rotations(graded, Z);
  arb_mul(factor, factor, squared, ordinary_bits);
  arb_div(factor, factor, slant, ordinary_bits);
  for (RealBall& bound : bounds) arb_div(bound, factor, bound, ordinary_bits);
  std::ranges::sort(bounds, [](const RealBall& a, const RealBall& b) {
    return arf_cmp(arb_midref(static_cast<const arb_struct*>(a)),
                   arb_midref(static_cast<const arb_struct*>(b))) > 0;
  });
  // Where balls overlap their order is open: each is at least all behind it, which is all that is needed.
  for (std::size_t i = bounds.size(); i-- > 1;)
    arb_max(bounds[i - 1], bounds[i - 1], bounds[i], ordinary_bits);
  return bounds;
}

}  // namespace

std::optional<std::vector<RealBall>> vanishing_upper_bounds(std::span<const long double> taps,
                                                            const MatrixXd& basis, double largest_value,
                                                            double decades) {
  const MatrixXd X = rounded_to_integers(basis);  // any X will do: it is its own norm that counts
  ProjectionEffort effort{256, guard_bits, largest_value, largest_work};
  effort.bits = std::max(256.0, decades + std::log2(static_cast<double>(taps.size())) + guard_bits + 40);
  std::optional<std::vector<RealBall>> bounds;
  project_with_enough_bits(taps, X, effort, [&](BallMatrix& M, long precision) {
    bounds = bounds_from(M, X.cols(), squared_norm(X), precision);
    return true;
  });
  return bounds;
}

}  // namespace tmm::analysis
