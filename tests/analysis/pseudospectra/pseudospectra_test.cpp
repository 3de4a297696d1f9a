// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/pseudospectra.hpp"

#include <Eigen/SVD>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using analysis::Pseudospectra, analysis::Status;
using test::Taps;
using Complex = std::complex<double>;

namespace {

Eigen::MatrixXcd matrix(const Taps& taps) {
  return model::CausalToeplitz(taps).dense().cast<Complex>();
}

double dense_log10_resolvent(const Taps& taps, Complex point) {
  Eigen::MatrixXcd shifted = matrix(taps);
  shifted.diagonal().array() -= point;
  return -std::log10(Eigen::BDCSVD<Eigen::MatrixXcd>(shifted).singularValues().minCoeff());
}

double largest_power(const Taps& taps, double shift, int powers) {
  Eigen::MatrixXcd a = matrix(taps);
  a.diagonal().array() += shift;
  Eigen::MatrixXcd power = Eigen::MatrixXcd::Identity(a.rows(), a.cols());
  double largest = 1;
  for (int k = 0; k < powers; ++k) {
    power = a * power;
    largest = std::max(largest, Eigen::BDCSVD<Eigen::MatrixXcd>(power).singularValues()[0]);
  }
  return largest;
}

}  // namespace

TEST_CASE("the plane about a small operator: resolvents as the dense matrix has them, indices by region") {
  const Taps taps{0.25, 1, -0.5, 0.125, 0.75};
  const Pseudospectra plane = analysis::pseudospectra(taps, {.columns = 9, .rows = 5});
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

TEST_CASE("distances to other regions of the shift are to its circle") {
  const Taps taps{0, 2};
  const Pseudospectra plane = analysis::pseudospectra(taps, {.columns = 3, .rows = 2});
  CHECK(plane.distance_to_other_index.measure.status == Status::certified);
  CHECK(plane.distance_to_other_index.measure.value == Approx(2));
  CHECK(std::abs(plane.distance_to_other_index.point) == Approx(2));
  CHECK(plane.distance_to_index_zero.measure.value >= 2);
  CHECK(plane.distance_to_index_zero.measure.value - plane.distance_to_index_zero.measure.error <= 2);
  CHECK(plane.distance_to_index_zero.measure.error < 0.1);
  const Pseudospectra invertible = analysis::pseudospectra(Taps{4, 2}, {.columns = 3, .rows = 2});
  CHECK(invertible.distance_to_index_zero.measure.value == 0);
  CHECK(invertible.distance_to_index_zero.measure.status == Status::certified);
  const Pseudospectra not_fredholm = analysis::pseudospectra(Taps{2, 2}, {.columns = 3, .rows = 2});
  CHECK(not_fredholm.distance_to_other_index.measure.value == 0);
}

TEST_CASE("a Kreiss constant bounds powers from below, and is found where it is known") {
  CHECK(analysis::kreiss_constant(Taps{0, 1, 0, 0}, 0).measure.value == Approx(1).epsilon(1e-6));
  for (const double c : {8.0, 50.0}) {  // (r - 1)||(z - A)^-1||, A = [0 0; c 0], is largest near r = 2
    const auto found = analysis::kreiss_constant(Taps{0, c}, 0);
    double known = 1;
    for (int k = 1; k < 4000; ++k)
      known = std::max(known, 1e-3 * k * std::pow(10, dense_log10_resolvent({0, c}, 1 + 1e-3 * k)));
    CHECK(found.measure.value == Approx(known).epsilon(1e-4));
    CHECK(std::abs(found.point) == Approx(2).margin(0.2));
  }
  const Taps taps{-0.9, 0.4, 0.3, -0.2, 0.5, 0.1};
  for (const double shift : {0.0, 1.0}) {
    const auto found = analysis::kreiss_constant(taps, shift);
    const double largest = largest_power(taps, shift, 200);
    CHECK(found.measure.status == Status::below_precision);
    CHECK(found.measure.bound == analysis::Measure::Bound::lower);
    CHECK(found.measure.value <= largest * (1 + 1e-6));
    CHECK(found.measure.value >= largest / (std::exp(1.0) * 6));  // Spijker
  }
}

TEST_CASE("an eigenvalue beyond the circle makes the Kreiss constant infinite") {
  const auto found = analysis::kreiss_constant(Taps{0.5, 1}, 1);
  CHECK(std::isinf(found.measure.value));
  CHECK(found.measure.status == Status::certified);
  CHECK(std::isinf(analysis::kreiss_constant(Taps{-2, 1}, 1).measure.value));   // -1, not diagonal
  CHECK(analysis::kreiss_constant(Taps{-2, 0}, 1).measure.value == Approx(1));  // -1, diagonal
}

TEST_CASE("pictures of the plane need points") {
  CHECK_THROWS_AS(analysis::pseudospectra(Taps{1, 2}, {.columns = 1}), ArgumentError);
  CHECK_THROWS_AS(analysis::pseudospectra(Taps{}), ArgumentError);
}
