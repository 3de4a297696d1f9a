// SPDX-License-Identifier: MIT
#include "analysis/spectrum/ball_elimination.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index;

class Elimination {
 public:
  Elimination(BallMatrix& M, Index size, long precision, BallMatrix& L, std::vector<RealBall>& beta)
      : M_(M), L_(L), beta_(beta), precision_(precision) {
    for (Index i = 0; i < size; ++i) rest_.push_back(i);
  }

  bool run() {
    while (!rest_.empty()) {
      const auto [p, q] = choose_pivot(M_, rest_);
      if (p == q ? !one(p) : !two(p, q)) return false;
    }
    return true;
  }

 private:
  bool one(Index p) {
    if (arb_rel_accuracy_bits(M_(p, p)) < 60) return false;
    const auto column = static_cast<Index>(beta_.size());
    beta_.emplace_back();
    arb_set(beta_.back(), M_(p, p));
    arb_one(L_(p, column));
    std::erase(rest_, p);
    for (const Index i : rest_) arb_div(L_(i, column), M_(i, p), M_(p, p), precision_);
    for (const Index i : rest_)
      for (const Index j : rest_)
        if (j >= i) subtract_product(M_, i, j, L_(i, column), M_(j, p), precision_);
    return true;
  }

  bool two(Index p, Index q) {
    RealBall determinant;
    arb_mul(determinant, M_(p, p), M_(q, q), precision_);
    arb_submul(determinant, M_(p, q), M_(p, q), precision_);
    if (arb_rel_accuracy_bits(determinant) < 60 || arb_rel_accuracy_bits(M_(p, q)) < 60) return false;
    const auto u = static_cast<Index>(beta_.size()), v = u + 1;
    arb_one(L_(p, u));
    arb_one(L_(q, v));
    std::erase_if(rest_, [p, q](Index i) { return i == p || i == q; });
    for (const Index i : rest_) {  // (u, v) = (M_ip, M_iq) pivot⁻¹
      const auto solve = [&](arb_struct* x, Index a, Index b) {
        arb_mul(x, M_(i, a), M_(b, b), precision_);
        arb_submul(x, M_(i, b), M_(p, q), precision_);
        arb_div(x, x, determinant, precision_);
      };
      solve(L_(i, u), p, q);
      solve(L_(i, v), q, p);
    }
    for (const Index i : rest_)
      for (const Index j : rest_)
        if (j >= i) {
          subtract_product(M_, i, j, L_(i, u), M_(j, p), precision_);
          subtract_product(M_, i, j, L_(i, v), M_(j, q), precision_);
        }
    diagonalise(p, q, u, v);
    return true;
  }

  // The pivot ((a, b), (b, c)) by its eigenvalues mean ± radius: of either sign, since |mean| < |b|/2.
  void diagonalise(Index p, Index q, Index u, Index v) {
    RealBall mean, half, radius, cosine, sine, x, y;
    arb_add(mean, M_(p, p), M_(q, q), precision_);
    arb_sub(half, M_(p, p), M_(q, q), precision_);
    arb_mul_2exp_si(mean, mean, -1);
    arb_mul_2exp_si(half, half, -1);
    arb_mul(radius, half, half, precision_);
    arb_addmul(radius, M_(p, q), M_(p, q), precision_);
    arb_sqrt(radius, radius, precision_);
    // cos² = (1 + half/radius)/2, sin = b/(2 radius cos)
    arb_div(cosine, half, radius, precision_);
    arb_add_ui(cosine, cosine, 1, precision_);
    arb_mul_2exp_si(cosine, cosine, -1);
    arb_sqrt(cosine, cosine, precision_);
    arb_div(sine, M_(p, q), radius, precision_);
    arb_div(sine, sine, cosine, precision_);
    arb_mul_2exp_si(sine, sine, -1);
    const auto turn = [&](Index i) {
      arb_mul(x, cosine, L_(i, u), precision_);
      arb_addmul(x, sine, L_(i, v), precision_);
      arb_mul(y, cosine, L_(i, v), precision_);
      arb_submul(y, sine, L_(i, u), precision_);
      arb_swap(x, L_(i, u));
      arb_swap(y, L_(i, v));
    };
    turn(p);
    turn(q);
    for (const Index i : rest_) turn(i);
    beta_.emplace_back();
    arb_add(beta_.back(), mean, radius, precision_);
    beta_.emplace_back();
    arb_sub(beta_.back(), mean, radius, precision_);
  }

  BallMatrix &M_, &L_;
  std::vector<RealBall>& beta_;
  std::vector<Index> rest_;
  long precision_;
};

}  // namespace

std::pair<Index, Index> choose_pivot(BallMatrix& M, const std::vector<Index>& rest) {
  const auto larger = [&](Index i, Index j, Index r, Index c) {
    return arf_cmpabs(arb_midref(M(i, j)), arb_midref(M(r, c))) > 0;
  };
  Index diagonal = rest[0], row = rest[0], column = rest[0];
  for (const Index i : rest)
    for (const Index j : rest) {
      if (i == j && larger(i, i, diagonal, diagonal)) diagonal = i;
      if (i < j && (row == column || larger(i, j, row, column))) row = i, column = j;
    }
  if (row == column) return {diagonal, diagonal};
  RealBall doubled;
  arb_mul_2exp_si(doubled, M(diagonal, diagonal), 1);
  const bool enough =
      arf_cmpabs(arb_midref(static_cast<arb_struct*>(doubled)), arb_midref(M(row, column))) >= 0;
  return enough ? std::pair{diagonal, diagonal} : std::pair{row, column};
}

void subtract_product(BallMatrix& M, Index i, Index j, arb_struct* x, arb_struct* y, long precision) {
  arb_submul(M(i, j), x, y, precision);
  if (i != j) arb_set(M(j, i), M(i, j));
}

bool eliminate(BallMatrix& M, Index size, long precision, BallMatrix& L, std::vector<RealBall>& beta) {
  return Elimination(M, size, precision, L, beta).run();
}

}  // namespace tmm::analysis
