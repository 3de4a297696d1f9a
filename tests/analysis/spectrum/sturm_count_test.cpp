// SPDX-License-Identifier: MIT
#include "analysis/spectrum/sturm_count.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

using tmm::analysis::SturmCount;

namespace {

/// Eigenvalues 2 cos(πj/(n + 1)) of the matrix with 0 on and 1 beside the diagonal, ascending.
std::vector<double> cosines(std::size_t n) {
  std::vector<double> values;
  for (std::size_t j = n; j >= 1; --j)
    values.push_back(2 * std::cos(std::numbers::pi * static_cast<double>(j) / static_cast<double>(n + 1)));
  return values;
}

}  // namespace

TEST_CASE("Sturm counts: as many eigenvalues below a shift as there are") {
  const std::size_t n = 37;
  const auto values = cosines(n);
  const SturmCount sturm(std::vector<double>(n, 0.0), std::vector<double>(n - 1, 1.0));
  for (std::size_t i = 0; i < n; ++i) {
    const auto count = sturm.below(SturmCount::Shifts::LinSpaced(values[i] - 1e-13, values[i] + 1e-13));
    CHECK(count[0] == static_cast<double>(i));
    CHECK(count[SturmCount::lanes - 1] == static_cast<double>(i + 1));
  }
  // A shift that is an eigenvalue, and a matrix that falls apart, divide by zero on the way.
  const SturmCount split(std::vector<double>{1, 1, 2}, std::vector<double>{0, 0});
  CHECK(split.below(SturmCount::Shifts::Constant(1.5))[0] == 2);
  CHECK(split.below(SturmCount::Shifts::Constant(3))[0] == 3);
  CHECK(split.below(SturmCount::Shifts::Constant(0.5))[0] == 0);
}

TEST_CASE("eigenvalues that counts do not confirm are found anew, the others stay bit for bit") {
  const std::size_t n = 100;
  const auto truth = cosines(n);
  const SturmCount sturm(std::vector<double>(n, 0.0), std::vector<double>(n - 1, 1.0));
  auto values = truth;
  sturm.confirm(values, 1e-14);
  CHECK(values == truth);
  for (const double shift : {1e-12, -1e-5, 0.3, 50.0}) {
    values = truth;
    values[17] += shift, values[99] += std::fabs(shift), values[98] += std::fabs(shift);
    std::ranges::sort(values);
    sturm.confirm(values, 1e-14);
    for (std::size_t i = 0; i < n; ++i) CHECK(std::fabs(values[i] - truth[i]) <= 2e-14);
  }
}

TEST_CASE("Sturm counts without division are those of the formula, whatever falls apart or comes in sizes") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> decades(-60, 0);
  for (int trial = 0; trial < 400; ++trial) {
    const std::size_t n = 1 + static_cast<std::size_t>(trial) % 90;
    std::vector<double> diagonal(n), beside(n);
    for (double& d : diagonal) d = normal(random);
    for (double& e : beside) {
      e = normal(random);
      if (trial % 4 == 1) e *= std::pow(10.0, decades(random));
      if (trial % 4 == 2 && random() % 3 == 0) e = 0;
      if (trial % 4 == 3) e *= 1e-170;  // its square is below every double
    }
    const SturmCount sturm(diagonal, beside);
    SturmCount::Shifts x;
    for (double& shift : x) shift = 2 * normal(random);
    if (trial % 5 == 0) x[0] = diagonal[n / 2];  // an eigenvalue where it stands alone
    const auto fast = sturm.below(x), plain = sturm.below_by_division(x);
    for (Eigen::Index l = trial % 5 == 0 ? 1 : 0; l < SturmCount::lanes; ++l) CHECK(fast[l] == plain[l]);
    CHECK(std::fabs(fast[0] - plain[0]) <= 1);
  }
}
