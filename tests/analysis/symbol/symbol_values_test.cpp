// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_values.hpp"

#include <boost/multiprecision/mpfr.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm;
using Real = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<60>>;

TEST_CASE("values of the symbol at given angles are right to the last digit but one") {
  std::mt19937_64 engine(7);
  std::normal_distribution<double> normal;
  std::vector<double> taps(300), thetas{0, std::numbers::pi, 1e-12, -2, 100, 1e6};
  double l1 = 0;
  for (double& w : taps) l1 += std::fabs(w = normal(engine));
  std::vector<std::complex<double>> values(thetas.size());
  analysis::symbol_values(taps, thetas, values);
  for (std::size_t j = 0; j < thetas.size(); ++j) {
    Real re = 0, im = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const Real angle = Real(thetas[j]) * k;
      re += taps[k] * cos(angle);
      im += taps[k] * sin(angle);
    }
    const double bound = (8.0 * 300 + 8) * 0x1p-64 * l1;
    CHECK(abs(re - values[j].real()) <= bound + 0x1p-53 * std::fabs(values[j].real()));
    CHECK(abs(im - values[j].imag()) <= bound + 0x1p-53 * std::fabs(values[j].imag()));
  }
}

TEST_CASE("values of the symbol: what is not finite is refused") {
  std::vector<std::complex<double>> one(1);
  CHECK_THROWS_AS(analysis::symbol_values({}, std::vector{0.0}, one), ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_values(std::vector<double>{NAN}, std::vector{0.0}, one), ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_values(std::vector{1.0}, std::vector<double>{HUGE_VAL}, one),
                  ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_values(std::vector{1.0}, std::vector{0.0, 1.0}, one), ArgumentError);
}
