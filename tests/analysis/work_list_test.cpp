// SPDX-License-Identifier: MIT
#include "analysis/work_list.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <random>
#include <vector>

using namespace tmm;
using analysis::WorkList;

TEST_CASE("every operator is dealt out once, the dearest within sight first, in order if that is wanted") {
  WorkList list({2, 0, 5, 1, 5});
  CHECK(list.first() == 0);
  CHECK(list.take(false) == 2);  // the first of the dearest
  CHECK(list.take(true) == 0);
  CHECK(list.first() == 3);
  CHECK(list.take(false) == 4);
  CHECK(list.take(false) == 3);
  CHECK(list.ended());
  CHECK_FALSE(list.take(false));
  CHECK(WorkList({0, 0}).ended());
  WorkList far(std::vector<double>(2 * WorkList::lookahead, 1));
  for (std::size_t k = 0; k < 2 * WorkList::lookahead; ++k) CHECK(far.take(false) == k);
}

TEST_CASE("after a failure only what stands before it is dealt out") {
  WorkList list({1, 2, 3, 4});
  CHECK(list.take(false) == 3);
  list.end_before(2);
  CHECK(list.take(false) == 1);
  CHECK(list.take(false) == 0);
  CHECK(list.ended());
}

TEST_CASE("all who work end together but for one operator of the cheaper ones") {
  std::mt19937_64 generator(2);
  std::uniform_real_distribution<double> exponent(6, 12);
  std::vector<double> costs(1000);
  for (double& cost : costs)
    cost = analysis::analysis_cost(static_cast<std::size_t>(std::exp2(exponent(generator))));
  const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  for (const std::size_t workers : {2U, 4U, 16U}) {
    WorkList list(costs);
    std::priority_queue<double, std::vector<double>, std::greater<>> free;
    for (std::size_t w = 0; w < workers; ++w) free.push(0);
    double end = 0;
    while (const auto i = list.take(false)) {
      const double at = free.top() + costs[*i];
      free.pop();
      free.push(at);
      end = std::max(end, at);
    }
    CHECK(end <= 1.02 * total / static_cast<double>(workers));
  }
}
