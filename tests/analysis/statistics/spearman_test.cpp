// SPDX-License-Identifier: MIT
#include "analysis/statistics/spearman.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/statistics/student.hpp"
#include "model/base/error.hpp"

using namespace tmm::analysis;
using Values = std::vector<double>;

TEST_CASE("tails and quantiles of Student's distribution are those of scipy 1.10") {
  const double t[] = {1e-3, 1, 3, 30, 1e4}, degrees[] = {1, 2, 5, 10, 13};
  const double tails[] = {0.9993633804398389, 0.42264973081037427, 0.03009924789746257,
                          3.9617923420313195e-11, 3.7779499044920304e-46};
  for (int i = 0; i < 5; ++i) CHECK(student_two_sided(t[i], degrees[i]) == Approx(tails[i]).epsilon(1e-12));
  const double of[] = {1, 4, 14, 99},
               quantiles[] = {12.706204736432095, 2.7764451051977987, 2.1447866879169273, 1.9842169515086827};
  for (int i = 0; i < 4; ++i) CHECK(student_quantile(0.05, of[i]) == Approx(quantiles[i]).epsilon(1e-10));
  CHECK(student_quantile(0.05, 1) == Approx(std::tan(0.475 * std::acos(-1.0))).epsilon(1e-13));  // Cauchy's
  CHECK(student_two_sided(0, 3) == 1);
  CHECK(student_two_sided(-3, 5) == student_two_sided(3, 5));
}

TEST_CASE(
    "rank correlation: ties have middle ranks, few pairs an exact p-value, and the interval is Bonett and "
    "Wright's") {
  const auto many =
      spearman(Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, Values{2, 1, 4, 3, 7, 5, 5, 9, 8, 12, 10, 11});
  REQUIRE(many);
  CHECK_FALSE(many->exact);
  CHECK(many->rho == Approx(0.9352028352316922).epsilon(1e-13));
  CHECK(many->p_value == Approx(8.063834068683783e-06).epsilon(1e-10));
  CHECK(*many->lower == Approx(0.723572022853255).epsilon(1e-10));
  CHECK(*many->upper == Approx(0.9861161120941856).epsilon(1e-10));
  const auto few = spearman(Values{1, 2, 3, 4, 5, 6}, Values{2, 1, 3, 3, 6, 5});
  REQUIRE(few);
  CHECK(few->exact);
  CHECK(few->rho == Approx(0.8696565534786727).epsilon(1e-13));
  CHECK(few->p_value == Approx(24. / 720).epsilon(1e-13));
  CHECK(*few->lower == Approx(0.0032470389171486507).epsilon(1e-9));
  CHECK(*few->upper == Approx(0.9902638839305122).epsilon(1e-10));
}

TEST_CASE(
    "rank correlation of orders that agree or oppose is 1 or -1, with the least p there is and no interval") {
  const Values x{1, 5, 7, 30}, y{-2, 0, 1e300, std::numeric_limits<double>::infinity()};
  const auto agree = spearman(x, y), oppose = spearman(x, Values{9, 8, 7, 6});
  CHECK(agree->rho == 1);
  CHECK(oppose->rho == -1);
  for (const auto& r : {agree, oppose}) {
    CHECK(r->p_value == Approx(2. / 24));
    CHECK_FALSE(r->lower);
  }
  const Values ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  CHECK(spearman(ten, ten)->rho == 1);
  CHECK(spearman(ten, ten)->p_value == Approx(2. / 3628800));
}

TEST_CASE("no rank correlation of three pairs or of equal values, and none of NaN") {
  CHECK_FALSE(spearman(Values{1, 2, 3}, Values{1, 2, 3}));
  CHECK_FALSE(spearman(Values{1, 1, 1, 1}, Values{1, 2, 3, 4}));
  CHECK_FALSE(spearman(Values{1, 2, 3, 4}, Values{0, 0, 0, 0}));
  CHECK_THROWS_AS(spearman(Values{1, 2}, Values{1}), tmm::ArgumentError);
  CHECK_THROWS_AS(spearman(Values{1, 2, 3, std::nan("")}, Values{1, 2, 3, 4}), tmm::ArgumentError);
}
