// SPDX-License-Identifier: MIT
#include "analysis/spectrum.hpp"

#include <Eigen/SVD>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "model/causal_toeplitz.hpp"
#include "model/error.hpp"
#include "tolerance.hpp"

using namespace tmm::analysis;
using tmm::test::eigen_tolerance;
using Outcome = IdentityCheck::Outcome;

namespace {

std::vector<double> random_taps(std::size_t n, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0, std::sqrt(2.0 / static_cast<double>(n)));
  std::vector<double> taps(n);
  for (auto& w : taps) w = normal(engine);
  return taps;
}

// A well conditioned operator: every value is far above the floor.
std::vector<double> tame_taps(std::size_t n, unsigned seed) {
  auto taps = random_taps(n, seed);
  taps[0] = 2 * std::sqrt(static_cast<double>(n));
  return taps;
}

std::vector<double> doubles(const Spectrum& spectrum) {
  std::vector<double> values;
  for (const auto& v : spectrum.values) values.push_back(v.value.to_double());
  return values;
}

}  // namespace

TEST_CASE("the spectrum agrees with a dense SVD of T") {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 31U, 64U, 65U, 100U}) {
    CAPTURE(n);
    const auto taps = tame_taps(n, 1);
    const auto spectrum = singular_spectrum(taps);
    // In long double: the error of Eigen's Jacobi method in double exceeds that of LAPACK.
    const auto dense = tmm::model::CausalToeplitz(taps).dense().cast<long double>().eval();
    const Eigen::VectorXd reference = dense.jacobiSvd().singularValues().cast<double>();
    REQUIRE(spectrum.values.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(spectrum.values[i].status != Status::below_precision);
      CHECK(std::abs(spectrum.values[i].value.to_double() - reference[static_cast<Eigen::Index>(i)]) <=
            eigen_tolerance<double>(n, reference[0]));
    }
    CHECK(spectrum.frobenius.outcome == Outcome::held);
    CHECK(spectrum.determinant.outcome == Outcome::held);
  }
}

TEST_CASE("equal weights have singular values 1 / (2 sin((2j-1) pi / (4n+2)))") {
  for (const std::size_t n : {1U, 2U, 5U, 64U, 129U}) {
    CAPTURE(n);
    const auto spectrum = singular_spectrum(std::vector<double>(n, 1.0));
    for (std::size_t j = 1; j <= n; ++j) {
      const double exact =
          0.5 / std::sin(static_cast<double>(2 * j - 1) * std::numbers::pi / static_cast<double>(4 * n + 2));
      const double found = spectrum.values[j - 1].value.to_double();
      CHECK(std::abs(found - exact) <= eigen_tolerance<double>(n, spectrum.sigma_max.to_double()));
      CHECK(std::abs(found - exact) <= (spectrum.values[j - 1].relative_error + 1e-15) * exact);
    }
  }
}

TEST_CASE("a monomial c z^m has exactly m zeros and n - m values |c|") {
  const std::size_t n = 9;
  for (std::size_t m = 0; m < n; ++m) {
    std::vector<double> taps(n, 0.0);
    taps[m] = -3;
    const auto spectrum = singular_spectrum(taps);
    CHECK(spectrum.exact_zeros == m);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(spectrum.values[i].value.to_double() == (i < n - m ? 3 : 0));
      CHECK(spectrum.values[i].status == Status::certified);
    }
  }
}

TEST_CASE("leading zeros are exact zeros, the rest is the spectrum of the shorter section") {
  auto taps = tame_taps(40, 2);
  const auto section = singular_spectrum(taps);
  taps.insert(taps.begin(), 5, 0.0);
  const auto delayed = singular_spectrum(taps);
  CHECK(delayed.exact_zeros == 5);
  REQUIRE(delayed.values.size() == 45);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(delayed.values[i].value.to_double() == section.values[i].value.to_double());
  CHECK(delayed.values.back().status == Status::certified);
  CHECK(delayed.values.back().value.mantissa == 0);
  CHECK(delayed.determinant.outcome == Outcome::held);
}

TEST_CASE("the zero operator has n exact zeros") {
  const auto spectrum = singular_spectrum(std::vector<double>(4, 0.0));
  CHECK(spectrum.exact_zeros == 4);
  CHECK(spectrum.sigma_max.mantissa == 0);
  for (const auto& v : spectrum.values) CHECK((v.value.mantissa == 0 && v.status == Status::certified));
}

TEST_CASE("values under the floor are marked and never shown as numbers") {
  // A zero at 1/4, deep inside: sigma_min is about 4^-64 = 3e-39, and LAPACK returns noise near 1e-17.
  std::vector<double> taps(64, 0.0);
  taps[0] = 0.25, taps[1] = -1;
  const auto spectrum = singular_spectrum(taps);
  const auto& last = spectrum.values.back();
  CHECK(last.status == Status::below_precision);
  CHECK(std::isinf(last.relative_error));
  CHECK(last.value.to_double() == spectrum.floor.to_double());
  CHECK(spectrum.unresolved == 1);
  CHECK(spectrum.values[62].value.to_double() > 0.7);
  CHECK(spectrum.determinant.outcome == Outcome::not_applicable);
  CHECK(spectrum.frobenius.outcome == Outcome::held);
}

TEST_CASE("scaling the weights by 2^k scales the values, far beyond the range of squares") {
  const auto taps = tame_taps(33, 3);
  const auto reference = doubles(singular_spectrum(taps));
  for (const int k : {-1000, -600, -1, 1, 600, 1000}) {
    auto scaled = taps;
    for (auto& w : scaled) w = std::ldexp(w, k);
    const auto spectrum = singular_spectrum(scaled);
    CHECK(spectrum.frobenius.outcome == Outcome::held);
    CHECK(spectrum.determinant.outcome == Outcome::held);
    for (std::size_t i = 0; i < taps.size(); ++i)  // equal but for the conversion to decimal
      CHECK(spectrum.values[i].value.to_double() == Approx(std::ldexp(reference[i], k)).epsilon(1e-15));
  }
}

TEST_CASE("the spectra of w, -w and (-1)^k w_k agree") {
  const std::size_t n = 50;
  const auto taps = tame_taps(n, 4);
  auto negated = taps, alternating = taps;
  for (auto& w : negated) w = -w;
  for (std::size_t k = 1; k < n; k += 2) alternating[k] = -alternating[k];
  const auto a = doubles(singular_spectrum(taps)), b = doubles(singular_spectrum(negated)),
             c = doubles(singular_spectrum(alternating));
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(std::abs(a[i] - b[i]) <= eigen_tolerance<double>(n, a[0]));
    CHECK(std::abs(a[i] - c[i]) <= eigen_tolerance<double>(n, a[0]));
  }
}

TEST_CASE("no taps and taps that are not finite are refused") {
  CHECK_THROWS_AS(singular_spectrum({}), tmm::ArgumentError);
  CHECK_THROWS_AS(singular_spectrum(std::vector<double>{1, INFINITY}), tmm::ArgumentError);
}
