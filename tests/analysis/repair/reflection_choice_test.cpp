// SPDX-License-Identifier: MIT
#include "analysis/repair/reflection_choice.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::choose_reflections, analysis::parse_target, analysis::ReflectableZero,
    analysis::ReflectableZeros, analysis::RepairTarget;
using test::Taps;

namespace {

ReflectableZeros zeros_of(const Taps& taps) {
  return analysis::reflectable_zeros(analysis::symbol_zeros(taps), -1);
}

long moved_out(const std::vector<ReflectableZero>& chosen) {
  long fewer = 0;
  for (const auto& zero : chosen) fewer += (zero.inside ? 1 : -1) * static_cast<long>(zero.count());
  return fewer;
}

/// The least sum of costs over all subsets that take `fewer` zeros out of the disc; ∞ if there is none.
double least_cost(const std::vector<ReflectableZero>& zeros, const std::vector<double>& costs, long fewer) {
  double least = std::numeric_limits<double>::infinity();
  for (std::uint64_t set = 0; set < (1U << zeros.size()); ++set) {
    double cost = 0;
    long taken = 0;
    for (std::size_t i = 0; i < zeros.size(); ++i)
      if ((set >> i & 1U) != 0) {
        cost += costs[i];
        taken += (zeros[i].inside ? 1 : -1) * static_cast<long>(zeros[i].count());
      }
    if (taken == fewer) least = std::fmin(least, cost);
  }
  return least;
}

}  // namespace

TEST_CASE("targets have the names of the command line") {
  for (const char* text : {"minimum-phase", "maximum-phase", "random", "index=0", "index=17"})
    CHECK(analysis::name(parse_target(text)) == text);
  for (const char* text : {"", "minimum", "index", "index=", "index=-1", "index=1.5", "index=2x",
                           "index=99999999999999999999999"})
    CHECK_THROWS_AS(parse_target(text), ArgumentError);
}

TEST_CASE("an index is reached by the cheapest of all subsets of zeros") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Taps taps = test::gaussian_taps(14 + seed % 3, seed);
    const auto zeros = zeros_of(taps);
    const auto costs = analysis::reflection_costs(taps, zeros.zeros);
    const auto all = zeros.inside + zeros.outside;
    REQUIRE(all + 1 == taps.size());
    for (std::size_t inner = 0; inner <= all; ++inner) {
      CAPTURE(seed, inner);
      const long fewer = static_cast<long>(zeros.inside) - static_cast<long>(inner);
      const double least = least_cost(zeros.zeros, costs, fewer);
      RepairTarget target{RepairTarget::Kind::index, inner};
      if (std::isinf(least)) {
        CHECK_THROWS_AS(choose_reflections(taps, zeros, target), ArgumentError);
        continue;
      }
      const auto chosen = choose_reflections(taps, zeros, target);
      CHECK(moved_out(chosen) == fewer);
      const auto spent = analysis::reflection_costs(taps, chosen);
      double sum = 0;
      for (const double cost : spent) sum += cost;
      CHECK(sum == Approx(least).epsilon(1e-12).margin(1e-15));
    }
    CHECK_THROWS_AS(choose_reflections(taps, zeros, {RepairTarget::Kind::index, all + 1}), ArgumentError);
  }
}

TEST_CASE("random reflections are as many as minimum phase takes, repeat, and reach every zero") {
  const Taps taps = test::gaussian_taps(31, 3);
  const auto zeros = zeros_of(taps);
  const auto number = [](const std::vector<ReflectableZero>& chosen) {
    std::size_t sum = 0;
    for (const auto& zero : chosen) sum += zero.count();
    return sum;
  };
  std::set<std::pair<double, double>> met;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const RepairTarget target{RepairTarget::Kind::random, 0, seed};
    const auto chosen = choose_reflections(taps, zeros, target, 4);
    CHECK((number(chosen) == zeros.inside || number(chosen) + 1 == zeros.inside));
    std::set<std::pair<double, double>> here;
    for (const auto& zero : chosen) here.insert({zero.z.real(), zero.z.imag()});
    CHECK(here.size() == chosen.size());
    met.insert(here.begin(), here.end());
    const auto again = choose_reflections(taps, zeros, target, 4);
    REQUIRE(again.size() == chosen.size());
    for (std::size_t i = 0; i < again.size(); ++i) CHECK(again[i].z == chosen[i].z);
  }
  CHECK(met.size() == zeros.zeros.size());
}
