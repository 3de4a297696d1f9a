// SPDX-License-Identifier: MIT
#include "model/toeplitz/causal_toeplitz.hpp"

#include <Eigen/LU>
#include <catch2/catch.hpp>
#include <random>

#include "model/base/error.hpp"
#include "tolerance.hpp"

using Eigen::MatrixXd, Eigen::VectorXd, Eigen::Index;
using tmm::model::CausalToeplitz, tmm::model::ReversedToeplitz;
using tmm::test::fft_tolerance;

namespace {

// Both sides of the cut-over to FFT (64) and of the solver's block (512): 1, 2, odd, prime, 2^k, 2^k ± 1.
const std::vector<Index> sizes{1,   2,   3,   7,   31,  63,  64,   65,   127, 128,
                               211, 257, 511, 512, 513, 600, 1024, 1025, 2049};

std::vector<double> random_taps(Index n, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0, 1);
  std::vector<double> taps(static_cast<std::size_t>(n));
  for (auto& w : taps) w = normal(engine);
  return taps;
}

// A symbol 1 + Σ c_k z^k with Σ|c_k| = ½ has no zero in the closed disc: T and its inverse have norms ≤ 2.
std::vector<double> well_conditioned_taps(Index n, unsigned seed) {
  auto taps = random_taps(n, seed);
  double sum = 0;
  for (std::size_t k = 1; k < taps.size(); ++k) sum += std::abs(taps[k]);
  for (std::size_t k = 1; k < taps.size(); ++k) taps[k] /= 2 * sum;
  taps[0] = 1;
  return taps;
}

VectorXd random_vector(Index n, unsigned seed) {
  const auto values = random_taps(n, seed);
  return Eigen::Map<const VectorXd>(values.data(), n);
}

double norm(const std::vector<double>& taps) {
  return Eigen::Map<const VectorXd>(taps.data(), static_cast<Index>(taps.size())).norm();
}

}  // namespace

TEST_CASE("products agree with the dense twin on both sides of the cut-over") {
  for (const Index n : sizes) {
    CAPTURE(n);
    const CausalToeplitz T(random_taps(n, 1));
    const MatrixXd dense = T.dense();
    const VectorXd x = random_vector(n, 2);
    const double bound = fft_tolerance<double>(static_cast<std::size_t>(n), norm(T.taps()) * x.norm());
    CHECK((T.apply(x) - dense * x).norm() <= bound);
    CHECK((T.apply_adjoint(x) - dense.transpose() * x).norm() <= bound);
    const ReversedToeplitz JT(T);
    VectorXd y(n);
    JT.perform_op(x.data(), y.data());
    CHECK((y - JT.dense() * x).norm() <= bound);
  }
}

TEST_CASE("the dense twin is lower triangular with w_{t-s}, and its reversal is symmetric") {
  const CausalToeplitz T({1, 2, 3});
  MatrixXd expected(3, 3);
  expected << 1, 0, 0, 2, 1, 0, 3, 2, 1;
  CHECK(T.dense() == expected);
  const MatrixXd hankel = ReversedToeplitz(T).dense();
  CHECK(hankel == hankel.transpose());
  CHECK(hankel(0, 0) == 3);
}

TEST_CASE("the adjoint satisfies <T x, y> = <x, T* y>") {
  for (const Index n : sizes) {
    CAPTURE(n);
    const CausalToeplitz T(random_taps(n, 3));
    const VectorXd x = random_vector(n, 4), y = random_vector(n, 5);
    const double bound =
        fft_tolerance<double>(static_cast<std::size_t>(n), norm(T.taps()) * x.norm() * y.norm());
    CHECK(std::abs(T.apply(x).dot(y) - x.dot(T.apply_adjoint(y))) <= 2 * bound);
  }
}

TEST_CASE("composition multiplies symbols, and causal operators commute") {
  for (const Index n : sizes) {
    CAPTURE(n);
    const CausalToeplitz A(random_taps(n, 6)), B(random_taps(n, 7));
    const VectorXd b = Eigen::Map<const VectorXd>(B.taps().data(), n), ab = A.apply(b);
    const CausalToeplitz AB({ab.begin(), ab.end()});
    const VectorXd x = random_vector(n, 8);
    const double size = norm(A.taps()) * norm(B.taps()) * x.norm() * std::sqrt(static_cast<double>(n));
    const double bound = fft_tolerance<double>(static_cast<std::size_t>(n), size);
    CHECK((AB.apply(x) - A.apply(B.apply(x))).norm() <= bound);
    CHECK((A.apply(B.apply(x)) - B.apply(A.apply(x))).norm() <= bound);
  }
}

TEST_CASE("solve undoes apply, and the inverse taps are those of 1/a") {
  for (const Index n : sizes) {
    CAPTURE(n);
    const CausalToeplitz T(well_conditioned_taps(n, 9));
    const VectorXd x = random_vector(n, 10);
    const double bound = fft_tolerance<double>(static_cast<std::size_t>(n), 4 * x.norm());
    CHECK((T.solve(T.apply(x)) - x).norm() <= bound);
    const CausalToeplitz inverse(T.inverse_taps());
    CHECK((inverse.apply(T.apply(x)) - x).norm() <= bound);
  }
}

TEST_CASE("the inverse of 1 - c z is the geometric series") {
  for (const Index n : {5, 300, 1000}) {
    std::vector<double> taps(static_cast<std::size_t>(n));
    taps[0] = 2, taps[1] = -2.125;  // zero at 16/17, inside: the inverse grows
    const auto b = CausalToeplitz(taps).inverse_taps();
    double power = 0.5;
    for (const double value : b) {
      CHECK(value == Approx(power).epsilon(1e-12));
      power *= 1.0625;
    }
  }
}

TEST_CASE("solve is backward stable where the inverse grows") {
  for (const Index n : {100, 400, 777}) {
    CAPTURE(n);
    auto taps = random_taps(n, 11);
    taps[0] = 3;
    const CausalToeplitz T(taps);
    const VectorXd y = random_vector(n, 12), x = T.solve(y);
    REQUIRE(x.allFinite());
    const double bound = fft_tolerance<double>(static_cast<std::size_t>(n), norm(taps) * x.norm());
    CHECK((T.dense() * x - y).norm() <= bound);
  }
}

TEST_CASE("products do not depend on earlier products of other sizes") {
  const CausalToeplitz large(random_taps(1000, 13)), small(random_taps(200, 14));
  const VectorXd x = random_vector(200, 15), before = small.apply(x);
  (void)large.apply(random_vector(1000, 16));
  CHECK(small.apply(x) == before);
}

TEST_CASE("operators refuse what is not an operator or not a vector of it") {
  CHECK_THROWS_AS(CausalToeplitz({}), tmm::ArgumentError);
  CHECK_THROWS_WITH(CausalToeplitz({1, NAN}), Catch::Contains("tap 1"));
  const CausalToeplitz delay({0, 1, 0});
  CHECK_THROWS_WITH(delay.solve(VectorXd::Ones(3)), Catch::Contains("singular"));
  CHECK_THROWS_AS(delay.inverse_taps(), tmm::ArgumentError);
  CHECK_THROWS_AS(delay.apply(VectorXd::Ones(4)), tmm::ArgumentError);
}
