// SPDX-License-Identifier: MIT
#include "analysis/statistics/rank_statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm::analysis;

namespace {

/// U by its definition.
double pairs_won(const std::vector<double>& a, const std::vector<double>& b) {
  double u = 0;
  for (const double x : a)
    for (const double y : b) u += x > y ? 1 : (x == y ? 0.5 : 0);
  return u;
}

/// The two-sided p-value by going through all ways to choose sample a from the pooled values.
double p_by_enumeration(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> pooled = a;
  pooled.insert(pooled.end(), b.begin(), b.end());
  const double middle = static_cast<double>(a.size() * b.size()) / 2;
  const double observed = std::fabs(pairs_won(a, b) - middle);
  double extreme = 0, all = 0;
  for (unsigned choice = 0; choice < 1U << pooled.size(); ++choice) {
    std::vector<double> first, second;
    for (std::size_t i = 0; i < pooled.size(); ++i)
      ((choice >> i & 1U) != 0 ? first : second).push_back(pooled[i]);
    if (first.size() != a.size()) continue;
    ++all;
    if (std::fabs(pairs_won(first, second) - middle) >= observed) ++extreme;
  }
  return extreme / all;
}

std::vector<double> draw(std::mt19937& generator, std::size_t count, unsigned distinct) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<double>(generator() % distinct));
  return values;
}

}  // namespace

TEST_CASE("Mann-Whitney: the exact p-value is that of all orders, with and without ties") {
  std::mt19937 generator(5);
  for (const unsigned distinct : {2U, 4U, 10U, 1000000U})
    for (int repetition = 0; repetition < 8; ++repetition) {
      const auto a = draw(generator, 1 + generator() % 6, distinct);
      const auto b = draw(generator, 1 + generator() % 6, distinct);
      const MannWhitney test = mann_whitney(a, b);
      CAPTURE(a, b);
      CHECK(test.exact);
      CHECK(test.u == pairs_won(a, b));
      CHECK(test.p_value == Approx(p_by_enumeration(a, b)).epsilon(1e-12));
      CHECK(cliffs_delta(a, b) ==
            Approx(2 * test.u / static_cast<double>(a.size() * b.size()) - 1).margin(1e-15));
    }
}

TEST_CASE("Mann-Whitney: known values") {
  // Three against three, completely separated: 2 of 20 orders.
  CHECK(mann_whitney(std::vector{1.0, 2.0, 3.0}, std::vector{4.0, 5.0, 6.0}).p_value == Approx(0.1));
  // All values equal: nothing to tell.
  CHECK(mann_whitney(std::vector{1.0, 1.0}, std::vector{1.0, 1.0, 1.0}).p_value == Approx(1));
  // Infinities have a rank.
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(cliffs_delta(std::vector{inf, 1.0}, std::vector{0.0, -inf}) == 1);
  CHECK(cliffs_delta(std::vector{inf}, std::vector{inf}) == 0);
}

TEST_CASE("Mann-Whitney: groups exchanged, U turns round and p stays") {
  std::mt19937 generator(7);
  for (const std::size_t size : {5U, 40U, 100U}) {
    const auto a = draw(generator, size, 30), b = draw(generator, size + 3, 40);
    const MannWhitney forth = mann_whitney(a, b), back = mann_whitney(b, a);
    CHECK(forth.u + back.u == static_cast<double>(a.size() * b.size()));
    CHECK(forth.p_value == Approx(back.p_value).epsilon(1e-10));
    CHECK(cliffs_delta(a, b) == Approx(-cliffs_delta(b, a)).margin(1e-15));
  }
}

TEST_CASE("Mann-Whitney: beyond the exact range, the normal approximation with both corrections") {
  std::vector<double> a, b;
  for (int i = 0; i < 100; ++i) a.push_back(i * i % 97);
  for (int i = 0; i < 80; ++i) b.push_back(i * 7 % 89 + 9);
  const MannWhitney test = mann_whitney(a, b);
  CHECK_FALSE(test.exact);
  // scipy.stats.mannwhitneyu(a, b, method="asymptotic") of SciPy 1.10
  CHECK(test.u == 3578);
  CHECK(test.p_value == Approx(0.22493668599574423).epsilon(1e-12));
}

TEST_CASE("Mann-Whitney: an empty sample and NaN are errors") {
  CHECK_THROWS_AS(mann_whitney({}, std::vector{1.0}), tmm::ArgumentError);
  CHECK_THROWS_AS(cliffs_delta(std::vector{1.0}, {}), tmm::ArgumentError);
  CHECK_THROWS_AS(mann_whitney(std::vector<double>{NAN}, std::vector{1.0}), tmm::ArgumentError);
}
