// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/plane.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "analysis/dense_oracle.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using test::Taps;
using Complex = std::complex<double>;

namespace {

double dense_log10_resolvent(const Taps& taps, Complex point) {
  Eigen::MatrixXcd shifted = model::CausalToeplitz(taps).dense().cast<Complex>();
  shifted.diagonal().array() -= point;
  return -std::log10(test::singular_values(shifted).minCoeff());
}

}  // namespace

TEST_CASE("the plane about a small operator: resolvents as the dense matrix has them, indices by region") {
  const Taps taps{0.25, 1, -0.5, 0.125, 0.75};
  const analysis::Plane plane = analysis::resolvent_plane(taps, {.columns = 9, .rows = 5});
  REQUIRE(plane.x.size() == 9);
  REQUIRE(plane.y.size() == 5);
  CHECK(plane.y.front() == 0);
  CHECK(plane.x.front() == -plane.x.back());
  for (std::size_t r = 0; r < 5; ++r)
    for (std::size_t c = 0; c < 9; ++c) {
      const Complex point(plane.x[c], plane.y[r]);
      CAPTURE(point.real(), point.imag());
      CHECK(plane.log10_resolvent[r * 9 + c] == Approx(dense_log10_resolvent(taps, point)).margin(1e-7));
      REQUIRE(plane.winding_number[r * 9 + c].has_value());
    }
  CHECK(plane.winding_number.back() == 0);  // beyond max|a|
}

TEST_CASE("a plane is symmetric, with 0 in the middle, and marks what has no number") {
  const Taps taps{0, 0, 1.6};  // the circle of radius 1.6, twice
  const analysis::Plane plane = analysis::resolvent_plane(taps, {.columns = 11, .rows = 6});
  for (std::size_t c = 0; c < 11; ++c) CHECK(plane.x[c] == -plane.x[10 - c]);
  CHECK(plane.x[5] == 0);
  CHECK(plane.x[9] == Approx(1.6).epsilon(1e-3));
  CHECK(std::isinf(plane.log10_resolvent[5]));
  CHECK(plane.relative_error[5] == 0);
  CHECK(plane.winding_number[5] == 2);
  CHECK(plane.winding_number[10] == 0);
  CHECK(plane.winding_number[5 * 11 + 5] == 0);
}

TEST_CASE("a grid point on the curve has no winding number") {
  const analysis::Plane plane = analysis::resolvent_plane(Taps{0, 0.8, 0.8}, {.columns = 3, .rows = 2});
  REQUIRE(plane.x[1] == 0);  // a(-1) = 0
  CHECK_FALSE(plane.winding_number[1].has_value());
  CHECK(plane.winding_number[0] == 0);
}

TEST_CASE("the plane does not depend on the number of threads") {
  const Taps taps = test::gaussian_taps(48, 2);
  const auto one = analysis::resolvent_plane(taps, {.columns = 7, .rows = 4}),
             three = analysis::resolvent_plane(taps, {.columns = 7, .rows = 4}, {.threads = 3});
  CHECK(one.log10_resolvent == three.log10_resolvent);
  CHECK(one.winding_number == three.winding_number);
}

TEST_CASE("what the error of the taps leaves open has no number in the plane") {
  const Taps taps{0, 0, 1};
  const analysis::PlaneGrid grid{.columns = 41, .rows = 21};  // 1/16 apart
  const auto exact = analysis::resolvent_plane(taps, grid),
             known = analysis::resolvent_plane(taps, grid, {.tap_error = 0.25});
  for (std::size_t i = 0; i < exact.winding_number.size(); ++i) {
    const Complex point(exact.x[i % 41], exact.y[i / 41]);
    const double distance = std::fabs(std::abs(point) - 1);
    CAPTURE(point.real(), point.imag());
    if (distance < 0.25) CHECK_FALSE(known.winding_number[i].has_value());
    if (distance > 0.26) CHECK(known.winding_number[i] == exact.winding_number[i]);
    if (std::isnan(known.log10_resolvent[i])) continue;
    CHECK(known.log10_resolvent[i] == exact.log10_resolvent[i]);
    CHECK(known.relative_error[i] >= 0.25 * std::pow(10, exact.log10_resolvent[i]));
  }
  CHECK(std::isnan(known.log10_resolvent[20]));  // w_0
}

TEST_CASE("regions hang together, have one number, and their labels lie in them") {
  const Taps taps{0.25, 1, -0.5, 0.125, 0.75};
  const analysis::Plane plane = analysis::resolvent_plane(taps, {.columns = 41, .rows = 21});
  const auto regions = analysis::plane_regions(plane);
  REQUIRE(regions.size() >= 3);
  std::size_t points = 0;
  std::set<std::int64_t> numbers;
  for (const auto& region : regions) {
    points += region.points;
    numbers.insert(region.winding_number);
    const auto column = std::ranges::find(plane.x, region.label.real()) - plane.x.begin();
    const auto row = std::ranges::find(plane.y, region.label.imag()) - plane.y.begin();
    REQUIRE(column < 41);
    REQUIRE(row < 21);
    CHECK(plane.winding_number[static_cast<std::size_t>(row * 41 + column)] == region.winding_number);
  }
  const auto certified =
      std::ranges::count_if(plane.winding_number, [](const auto& n) { return n.has_value(); });
  CHECK(points == static_cast<std::size_t>(certified));
  CHECK(std::ranges::is_sorted(regions, std::greater<>(), &analysis::PlaneRegion::points));
  const std::set<std::optional<std::int64_t>> found(plane.winding_number.begin(), plane.winding_number.end());
  for (const auto& number : found)
    if (number) CHECK(numbers.contains(*number));
}

TEST_CASE("the region of the shift is labelled at its middle") {
  const auto regions =
      analysis::plane_regions(analysis::resolvent_plane(Taps{0, 1}, {.columns = 41, .rows = 21}));
  REQUIRE(regions.size() == 2);
  const auto inner = std::ranges::find(regions, 1, &analysis::PlaneRegion::winding_number);
  REQUIRE(inner != regions.end());
  CHECK(std::abs(inner->label) < 0.1);
}

TEST_CASE("pictures of the plane need points") {
  for (const analysis::PlaneGrid grid : {analysis::PlaneGrid{1, 2}, {4, 2}, {3, 1}, {2003, 2}, {3, 2002}})
    CHECK_THROWS_AS(analysis::resolvent_plane(Taps{1, 2}, grid), ArgumentError);
  CHECK_THROWS_AS(analysis::resolvent_plane(Taps{}), ArgumentError);
  CHECK_THROWS_AS(analysis::resolvent_plane(Taps{1e308, 1e308}), ArgumentError);
}
