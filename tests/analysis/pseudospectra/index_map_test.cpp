// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/index_map.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "analysis/dense_oracle.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::IndexMap, analysis::IndexStatus, analysis::PointIndex;
using test::Taps;
using Complex = std::complex<double>;

namespace {

struct Zeros {
  std::int64_t inside = 0;
  double nearest = std::numeric_limits<double>::infinity();  ///< to the circle
};

/// Of a − λ, by the companion matrix.
Zeros zeros_of(const Taps& taps, Complex point) {
  const auto n = static_cast<Eigen::Index>(taps.size()) - 1;
  Eigen::MatrixXcd companion = Eigen::MatrixXcd::Zero(n, n);
  companion.diagonal(-1).setOnes();
  for (Eigen::Index k = 0; k < n; ++k)
    companion(k, n - 1) = -(taps[static_cast<std::size_t>(k)] - (k == 0 ? point : 0.0)) / taps.back();
  Zeros zeros;
  const Eigen::VectorXcd found = test::eigenvalues(companion);
  for (const Complex z : found) {
    if (std::abs(z) < 1) ++zeros.inside;
    zeros.nearest = std::min(zeros.nearest, std::fabs(std::abs(z) - 1));
  }
  return zeros;
}

}  // namespace

TEST_CASE("the index map of the shift is the disc") {
  const IndexMap map(Taps{0, 1});
  for (const double r : {0.0, 0.5, 0.999999, 1.000001, 3.0, 1e200})
    for (const double angle : {0.0, 0.3, 2.0, 3.141592653589793}) {
      const PointIndex found = map.at(std::polar(r, angle));
      CAPTURE(r, angle, found.reason);
      REQUIRE(found.status == IndexStatus::certified);
      CHECK(found.number == (r < 1 ? 1 : 0));
      CHECK(std::ldexp(found.scaled_clearance, map.exponent()) <= std::fabs(r - 1));
      CHECK(found.scaled_clearance > 0);
    }
}

TEST_CASE("the index map counts the zeros of a - lambda inside the disc") {
  std::mt19937_64 generator(7);
  std::normal_distribution<double> normal;
  for (const std::size_t n : {2U, 3U, 5U, 12U, 40U}) {
    const Taps taps = test::gaussian_taps(n, n);
    const IndexMap map(taps);
    int certified = 0;
    for (int k = 0; k < 60; ++k) {
      const Complex point(2 * normal(generator), k % 10 == 0 ? 0 : 2 * normal(generator));
      const Zeros zeros = zeros_of(taps, point);
      const PointIndex found = map.at(point);
      CAPTURE(n, point.real(), point.imag(), found.reason, zeros.nearest);
      if (zeros.nearest < 1e-9) continue;
      REQUIRE(found.status == IndexStatus::certified);
      CHECK(found.number == zeros.inside);
      const PointIndex mirrored = map.at(std::conj(point));
      CHECK(mirrored.number == zeros.inside);
      ++certified;
    }
    CHECK(certified > 50);
  }
}

TEST_CASE("within its clearance a point's index does not change") {
  const Taps taps = test::gaussian_taps(20, 3);
  const IndexMap map(taps);
  for (int k = 0; k < 40; ++k) {
    const Complex point = std::polar(0.15 * k, 0.7 * k);
    const PointIndex found = map.at(point);
    if (found.status != IndexStatus::certified) continue;
    for (const double angle : {0.1, 1.7, 3.3, 5.0})
      CHECK(zeros_of(taps,
                     point + std::polar(0.999 * std::ldexp(found.scaled_clearance, map.exponent()), angle))
                .inside == found.number);
  }
}

TEST_CASE("a lambda on the curve is never given a number") {
  const Taps taps{1, 2, -3, 0.5, 7};  // a(1) = 7.5, a(-1) = 2.5, a(i) = 1 + 2i + 3 - i/2 + 7 = 11 + 1.5i
  const IndexMap map(taps);
  for (const double point : {7.5, 2.5}) {
    const PointIndex found = map.at(point);
    CHECK(found.status == IndexStatus::not_fredholm);
    CHECK(found.scaled_clearance == 0);
  }
  for (const Complex point : {Complex(11, 1.5), Complex(11, -1.5)}) {
    const PointIndex found = map.at(point);
    CHECK(found.status == IndexStatus::undecided);
    CHECK(found.reason.find("on the curve, or nearer") == 0);
  }
  for (const double off : {-1e-5, 1e-5}) {
    CHECK(map.at(7.5 + off).status == IndexStatus::certified);
    CHECK(map.at(Complex(11 + off, 1.5)).status == IndexStatus::certified);
  }
}

TEST_CASE("the index map of a constant symbol has one region and one point") {
  const IndexMap map(Taps{2.5, 0, 0});
  CHECK(map.at(2.5).status == IndexStatus::not_fredholm);
  CHECK(map.at(2.25).number == 0);
  CHECK(map.at(Complex(2.5, 1)).status == IndexStatus::certified);
}

TEST_CASE("the index map refuses what is not finite or empty") {
  CHECK_THROWS_AS(IndexMap(Taps{}), ArgumentError);
  CHECK_THROWS_AS(IndexMap(Taps{1, 2}).at(std::numeric_limits<double>::infinity()), ArgumentError);
}
