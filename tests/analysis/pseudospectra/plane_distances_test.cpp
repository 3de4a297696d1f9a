// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/plane_distances.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::distance_to_index_zero, analysis::IndexMap, analysis::Status;
using test::Taps;
using Complex = std::complex<double>;

TEST_CASE("the distance of 0 to the index 0 of a circle is its radius") {
  for (const double radius : {1e-200, 0.5, 2.0, 1e200}) {
    const auto found = distance_to_index_zero(IndexMap(Taps{0, radius}));
    CAPTURE(radius);
    CHECK(found.measure.status == Status::numerical);
    CHECK(found.measure.value >= radius);
    CHECK(found.measure.value - found.measure.error <= radius);
    CHECK(found.measure.error < 0.05 * radius);
    CHECK(std::abs(found.point) == Approx(found.measure.value));
  }
}

TEST_CASE("the distance to index 0 has a certified point, and no nearer one is on a grid") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Taps taps = test::gaussian_taps(9, seed);
    const IndexMap map(taps);
    if (map.at(0).number == 0) continue;
    const auto found = distance_to_index_zero(map);
    CAPTURE(seed, found.measure.value);
    REQUIRE(found.measure.status == Status::numerical);
    CHECK(map.at(found.point).number == 0);
    double nearest = std::numeric_limits<double>::infinity();
    for (int i = 1; i <= 60; ++i)
      for (int j = 0; j < 60; ++j) {
        const Complex point = std::polar(found.measure.value * 1.2 * i / 60, 3.14159 * j / 59);
        const auto there = map.at(point);
        if (there.scaled_clearance > 0 && there.number == 0) nearest = std::min(nearest, std::abs(point));
      }
    CHECK(nearest >= found.measure.value - found.measure.error);
    CHECK(nearest <= found.measure.value * 1.05);
  }
}

TEST_CASE("a point that has no sides has no distance to the index 0") {
  CHECK(distance_to_index_zero(IndexMap(Taps{0, 0})).measure.status == Status::undecided);
}
