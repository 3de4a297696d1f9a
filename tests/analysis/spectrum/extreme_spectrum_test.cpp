// SPDX-License-Identifier: MIT
#include "analysis/spectrum/extreme_spectrum.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "analysis/dense_oracle.hpp"
#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/spectrum/scaled_inverse.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using analysis::extreme_spectrum, analysis::ExtremeSpectrum;
using test::Taps;

namespace {

Eigen::VectorXd dense_singular_values(const Taps& taps) {
  return test::singular_values(Eigen::MatrixXd(model::CausalToeplitz(taps).dense()));
}

Taps decaying(std::size_t n, std::uint64_t seed) {
  Taps taps = test::gaussian_taps(n, seed);
  for (std::size_t k = 0; k < n; ++k) taps[k] *= 0.3 * std::pow(0.9, static_cast<double>(k));
  taps[0] = 2;
  return taps;
}

analysis::ScaledReal ratio(const analysis::ScaledReal& a, const analysis::ScaledReal& b) {
  return {a.mantissa / b.mantissa, a.exponent - b.exponent};
}

/// Everything that is reported against 900 digits: values within their errors, bracket ends on their sides,
/// and σ_min known, or a note that says why not.
void check_exact(const Taps& taps) {
  const ExtremeSpectrum spectrum = extreme_spectrum(taps);
  const auto exact = test::exact_singular_values(taps);
  CAPTURE(taps);
  const auto check_value = [](const analysis::ExtremeValue& found, const analysis::ScaledReal& truth) {
    CAPTURE(found.value.mantissa, found.value.exponent, truth.mantissa, truth.exponent, found.method);
    if (truth.mantissa == 0) {
      CHECK(found.value.mantissa == 0);
      return;
    }
    CHECK(std::fabs(ratio(found.value, truth).to_double() - 1) <= found.relative_error);
    CHECK(found.relative_error < 0.01);
  };
  REQUIRE_FALSE(spectrum.largest.empty());
  for (std::size_t i = 0; i < spectrum.largest.size(); ++i) check_value(spectrum.largest[i], exact[i]);
  for (std::size_t i = 0; i < spectrum.smallest.size(); ++i)
    check_value(spectrum.smallest[i], exact[exact.size() - 1 - i]);
  CHECK((!spectrum.smallest.empty() || !spectrum.notes.empty()));
  CHECK(spectrum.bracket_known);
  if (spectrum.exact_zeros > 0) return;
  CHECK_FALSE(spectrum.smallest.empty());
  CHECK(spectrum.sigma_min_lower.mantissa > 0);
  CHECK(ratio(spectrum.sigma_min_lower, exact.back()).to_double() <= 1);
  CHECK(ratio(spectrum.sigma_min_upper, exact.back()).to_double() >= 1);
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

TEST_CASE("extremes of operators that cancel in double precision agree with 900 digits") {
  check_exact({1, 1e8, 1e16, 1e24});  // σ_min = 10^-8.036; the rounded inverse says 10^-8.000
  Taps binomial(40);                  // (1 - z)^32
  binomial[0] = 1;
  for (std::size_t k = 1; k <= 32; ++k)
    binomial[k] = -binomial[k - 1] * static_cast<double>(33 - k) / static_cast<double>(k);
  check_exact(binomial);
  check_exact(test::multiply({1, 1}, binomial));
}

TEST_CASE("one huge weight: what is lost beside it is left out, sigma_min is known") {
  for (std::size_t place = 0; place < 8; ++place) {
    Taps taps{1, .5, -.25, .3, .1, -.2, .15, .1};
    taps[place] = 1e100;
    check_exact(taps);
  }
  check_exact({-1.11, -0.219, 6.57e299});
  check_exact({1e-20, 3, 1e300});  // w_0 is lost when the largest weight is scaled to 1
  check_exact({-1.5e-300, 2.5, 1e300, -7e299});
  check_exact({4.9e-324, 1e-300, 1});
  check_exact({1e308, -1e308, 1.5e308});
  check_exact({5e-324, 0, -1.5e-323});
}

TEST_CASE("extremes of random weights over 600 decades agree with 900 digits") {
  std::mt19937_64 random(12);
  std::uniform_real_distribution<double> mantissa(-1, 1);
  for (int i = 0; i < 120; ++i) {
    const double decades = i % 3 == 0 ? 3 : i % 3 == 1 ? 30 : 290;
    const std::size_t n = 2 + static_cast<std::size_t>(random() % (decades > 100 ? 2 : 9));
    Taps taps(n);
    for (double& w : taps) w = mantissa(random) * std::pow(10.0, decades * mantissa(random));
    if (i % 10 == 9) taps[0] = 0;
    check_exact(taps);
  }
}

TEST_CASE("delays are certified within the rounding to decimal, and their bracket holds |w|") {
  for (const double w : {0.9999999999, 0.44, 1e308, 5e-324, -3.0}) {
    const ExtremeSpectrum spectrum = extreme_spectrum(Taps{w, 0, 0});
    for (const auto& value : {spectrum.largest[2], spectrum.smallest[0]}) {
      CHECK(value.status == analysis::Status::certified);
      CHECK(value.relative_error > 0);
    }
    check_exact({w, 0, 0});
    check_exact({0, w, 0});
  }
}
