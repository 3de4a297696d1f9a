// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/kreiss.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/dense_oracle.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using analysis::Status;
using test::Taps;
using Complex = std::complex<double>;

namespace {

Eigen::MatrixXcd matrix(const Taps& taps) {
  return model::CausalToeplitz(taps).dense().cast<Complex>();
}

double dense_log10_resolvent(const Taps& taps, Complex point) {
  Eigen::MatrixXcd shifted = matrix(taps);
  shifted.diagonal().array() -= point;
  return -std::log10(test::singular_values(shifted).minCoeff());
}

double largest_power(const Taps& taps, double shift, int powers) {
  Eigen::MatrixXcd a = matrix(taps);
  a.diagonal().array() += shift;
  Eigen::MatrixXcd power = Eigen::MatrixXcd::Identity(a.rows(), a.cols());
  double largest = 1;
  for (int k = 0; k < powers; ++k) {
    power = a * power;
    largest = std::max(largest, test::singular_values(power)[0]);
  }
  return largest;
}

}  // namespace

TEST_CASE("a Kreiss constant bounds powers from below, and is found where it is known") {
  CHECK(analysis::log10_kreiss_constant(Taps{0, 1, 0, 0}, 0).measure.value == Approx(0).margin(1e-6));
  for (const double c : {8.0, 50.0}) {  // (r - 1)||(z - A)^-1||, A = [0 0; c 0], is largest near r = 2
    const auto found = analysis::log10_kreiss_constant(Taps{0, c}, 0);
    double known = 1;
    for (int k = 1; k < 4000; ++k)
      known = std::max(known, 1e-3 * k * std::pow(10, dense_log10_resolvent({0, c}, 1 + 1e-3 * k)));
    CHECK(found.measure.value == Approx(std::log10(known)).margin(1e-4));
    CHECK(std::abs(found.point) == Approx(2).margin(0.2));
  }
  const Taps taps{-0.9, 0.4, 0.3, -0.2, 0.5, 0.1};
  for (const double shift : {0.0, 1.0}) {
    const auto found = analysis::log10_kreiss_constant(taps, shift);
    const double largest = largest_power(taps, shift, 200);
    CHECK(found.measure.status == Status::below_precision);
    CHECK(found.measure.bound == analysis::Measure::Bound::lower);
    CHECK(found.measure.value <= std::log10(largest) + 1e-6);
    CHECK(found.measure.value >= std::log10(largest / (std::exp(1.0) * 6)));  // Spijker
  }
}

TEST_CASE("an eigenvalue beyond the circle makes the Kreiss constant infinite") {
  const auto found = analysis::log10_kreiss_constant(Taps{0.5, 1}, 1);
  CHECK(std::isinf(found.measure.value));
  CHECK(found.measure.status == Status::certified);
  CHECK(std::isinf(analysis::log10_kreiss_constant(Taps{-2, 1}, 1).measure.value));  // -1, not diagonal
  CHECK(analysis::log10_kreiss_constant(Taps{-2, 0}, 1).measure.value ==
        Approx(0).margin(1e-9));  // -1, diagonal
}

TEST_CASE("an eigenvalue that rounds onto the circle is still within it") {
  const auto found = analysis::log10_kreiss_constant(Taps{-1e-20, 0.5, 0.25}, 1);  // 1 - 1e-20
  CHECK(found.measure.status == Status::below_precision);
  CHECK(found.measure.value > 1);
  CHECK(std::isinf(analysis::log10_kreiss_constant(Taps{1e-20, 0.5, 0.25}, 1).measure.value));
}

TEST_CASE("a Kreiss constant beyond the range of double has its logarithm") {
  Taps taps(1100);  // 2 z: ||(z - 2S)^-1|| grows like (2/|z|)^n
  taps[1] = 2;
  const auto found = analysis::log10_kreiss_constant(taps, 0);
  CHECK(found.measure.value > 320);
  CHECK(found.measure.value <= 1100 * std::log10(2.0));  // the norms of the powers of 2S are 2^k, k < n
}

TEST_CASE("Kreiss constants refuse no taps") {
  CHECK_THROWS_AS(analysis::log10_kreiss_constant(Taps{}, 0), ArgumentError);
}
