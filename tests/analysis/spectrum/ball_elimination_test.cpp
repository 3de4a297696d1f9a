// SPDX-License-Identifier: MIT
#include "analysis/spectrum/ball_elimination.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace tmm::analysis;
using Eigen::Index;

TEST_CASE("L diag(beta) L^T of an elimination in balls holds the matrix, with its decades in beta") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  constexpr long bits = 1200;
  for (const Index k : {1, 2, 5, 8}) {
    // Entry (i, j) of size 10^{−20(i+j)}, some diagonals nearly 0: pivots of order 2.
    BallMatrix M(k), copy(k), L(k);
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j <= i; ++j) {
        arb_set_d(M(i, j), (i == j ? 1e-3 : 1) * normal(random));
        arb_mul_2exp_si(M(i, j), M(i, j), -64 * (i / 2 + j / 2));
        arb_set(M(j, i), M(i, j));
      }
    arb_mat_set(copy.get(), M.get());
    std::vector<RealBall> beta;
    REQUIRE(eliminate(M, k, bits, L, beta));
    REQUIRE(beta.size() == static_cast<std::size_t>(k));
    RealBall sum, term;
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < k; ++j) {
        arb_zero(sum);
        for (Index l = 0; l < k; ++l) {
          arb_mul(term, L(i, l), L(j, l), bits);
          arb_addmul(sum, term, beta[static_cast<std::size_t>(l)], bits);
        }
        CHECK(arb_contains(sum, copy(i, j)) != 0);
        arb_abs(term, L(i, j));
        CHECK(term.upper() <= 4);
      }
  }
}

TEST_CASE("an elimination stops where a pivot is lost in its radius") {
  BallMatrix M(2), L(2);
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 2; ++j) arb_set_d(M(i, j), 1);
  arb_set_d(M(1, 1), 1 + 1e-15);
  arb_add_error_2exp_si(M(1, 1), -50);
  std::vector<RealBall> beta;
  CHECK_FALSE(eliminate(M, 2, 128, L, beta));
}
