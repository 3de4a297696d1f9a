// SPDX-License-Identifier: MIT
#include "analysis/spectrum/extreme_spectrum.hpp"

#include <Eigen/SVD>
#include <catch2/catch.hpp>

#include "analysis/spectrum/scaled_inverse.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using analysis::extreme_spectrum, analysis::ExtremeSpectrum;
using test::Taps;

namespace {

Eigen::VectorXd dense_singular_values(const Taps& taps) {
  return Eigen::BDCSVD<Eigen::MatrixXd>(model::CausalToeplitz(taps).dense()).singularValues();
}

Taps decaying(std::size_t n, std::uint64_t seed) {
  Taps taps = test::gaussian_taps(n, seed);
  for (std::size_t k = 0; k < n; ++k) taps[k] *= 0.3 * std::pow(0.9, static_cast<double>(k));
  taps[0] = 2;
  return taps;
}

}  // namespace

TEST_CASE("the largest singular values agree with a dense SVD, within their intervals") {
  for (const std::size_t n : {1u, 2u, 3u, 64u, 500u, 700u, 1024u}) {
    const Taps taps = test::gaussian_taps(n, n);
    const ExtremeSpectrum spectrum = extreme_spectrum(taps);
    const Eigen::VectorXd sigma = dense_singular_values(taps);
    REQUIRE(spectrum.largest.size() == std::min<std::size_t>(6, n));
    for (std::size_t i = 0; i < spectrum.largest.size(); ++i) {
      const double truth = sigma(static_cast<Eigen::Index>(i)), value = spectrum.largest[i].value.to_double();
      CAPTURE(n, i, value, truth);
      CHECK(std::fabs(value - truth) <= spectrum.largest[i].relative_error * truth + 1e-13 * sigma(0));
      CHECK(spectrum.largest[i].relative_error < 1e-6);  // the published target
    }
  }
}

TEST_CASE("well conditioned operators: σ_min by the bracket and sharpened") {
  for (const std::size_t n : {2u, 5u, 100u, 900u}) {
    const Taps taps = decaying(n, n);
    const ExtremeSpectrum spectrum = extreme_spectrum(taps);
    const Eigen::VectorXd sigma = dense_singular_values(taps);
    const double truth = sigma(sigma.size() - 1);
    REQUIRE(spectrum.bracket_known);
    CHECK(spectrum.sigma_min_lower.to_double() <= truth * (1 + 1e-12));
    CHECK(spectrum.sigma_min_upper.to_double() >= truth * (1 - 1e-12));
    if (!spectrum.smallest.empty())
      CHECK(std::fabs(spectrum.smallest[0].value.to_double() - truth) <=
            spectrum.smallest[0].relative_error * truth + 1e-13 * sigma(0));
  }
  CHECK_FALSE(extreme_spectrum(decaying(100, 1)).smallest.empty());
}

TEST_CASE("one zero well inside: σ_min is known where no double could hold it") {
  // a = 1 + z/r, zero at −r: T⁻¹ has weights (−1/r)^k, and σ_min = r^{n−1}(1 − r²)(1 + O(r^{2n})).
  for (const std::size_t n : {150u, 1000u, 5000u})
    for (const double r : {0.5, 0.9, 0.25}) {
      Taps taps(n);
      taps[0] = 1;
      taps[1] = 1 / r;
      const ExtremeSpectrum spectrum = extreme_spectrum(taps, 2);
      CAPTURE(n, r);
      REQUIRE_FALSE(spectrum.smallest.empty());
      const double expected = static_cast<double>(n - 1) * std::log10(r) + std::log10(1 - r * r);
      CHECK(spectrum.smallest[0].value.log10() == Approx(expected).epsilon(1e-12).margin(1e-9));
      CHECK(spectrum.smallest[0].relative_error < 1e-8);
      CHECK(spectrum.sigma_min_lower.log10() <= expected + 1e-9);
      CHECK(spectrum.sigma_min_upper.log10() >= expected - 1e-9);
    }
}

TEST_CASE("trained layers: the reference's vanishing values") {
  const auto layers = test::trained_operators("clm_flat.h5");
  if (layers.empty()) {
    WARN("reference checkpoints are absent: trained extremes not compared");
    return;
  }
  const ExtremeSpectrum one = extreme_spectrum(layers[1].taps);
  REQUIRE_FALSE(one.smallest.empty());
  CHECK(one.smallest[0].value.log10() == Approx(std::log10(3.02) - 255).margin(2e-3));
  const ExtremeSpectrum five = extreme_spectrum(layers[5].taps);
  REQUIRE(five.smallest.size() >= 2);
  CHECK(five.smallest[0].value.log10() == Approx(std::log10(8.34) - 34).margin(2e-3));
  CHECK(five.smallest[1].value.log10() == Approx(std::log10(9.4) - 34).margin(5e-3));
}

TEST_CASE("delays, multiples of the identity, and the zero operator have exact extremes") {
  Taps delay(1u << 20);
  delay.back() = -3;
  const ExtremeSpectrum late = extreme_spectrum(delay);
  CHECK(late.exact_zeros == delay.size() - 1);
  CHECK(late.largest.size() == 1);
  CHECK(late.largest[0].value.to_double() == 3);
  CHECK(late.smallest[0].value.mantissa == 0);
  const ExtremeSpectrum identity = extreme_spectrum(Taps{0.5, 0, 0});
  CHECK(identity.smallest[0].value.to_double() == 0.5);
  CHECK(identity.largest.size() == 3);
  CHECK(extreme_spectrum(Taps{0, 0}).largest[0].value.mantissa == 0);
  CHECK_THROWS_AS(extreme_spectrum({}), ArgumentError);
}

TEST_CASE("the scaled inverse is the inverse with its growth taken out") {
  for (const std::size_t n : {1u, 2u, 64u, 65u, 300u}) {
    const Taps taps = test::gaussian_taps(n, n + 5);
    const auto inverse = analysis::scaled_inverse(taps);
    REQUIRE(inverse.taps.size() == n);
    double largest = 0;
    for (const double x : inverse.taps) largest = std::fmax(largest, std::fabs(x));
    CHECK(inverse.error < 1e-6 * largest);
    std::vector<long double> b(n);  // b_k = −(Σ_{j≥1} w_j b_{k−j})/w_0, exponents fit a long double here
    for (std::size_t k = 0; k < n; ++k) {
      long double sum = k == 0 ? 1 : 0;
      for (std::size_t j = 1; j <= k; ++j) sum -= taps[j] * b[k - j];
      b[k] = sum / taps[0];
      const long double damped = b[k] * std::exp2(static_cast<long double>(k) * inverse.log2_rho);
      CHECK(std::fabs(static_cast<double>(damped - inverse.taps[k])) <= inverse.error + 1e-13);
    }
  }
  CHECK_THROWS_AS(analysis::scaled_inverse(Taps{0, 1}), ArgumentError);
}
