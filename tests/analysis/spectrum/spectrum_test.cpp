// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>
#include <thread>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/dense_oracle.hpp"
#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/spectrum/spectrum_checks.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"
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

// Every value is known to ten digits, is right within its stated error, and both identities held.
void check_exact(const std::vector<double>& taps, const std::vector<ScaledReal>& exact) {
  const auto spectrum = singular_spectrum(taps);
  CAPTURE(taps.size(), spectrum.method);
  CHECK(spectrum.unresolved == 0);
  CHECK(spectrum.frobenius.outcome == Outcome::held);
  const bool zero_operator = spectrum.exact_zeros == taps.size();
  CHECK(spectrum.determinant.outcome == (zero_operator ? Outcome::not_applicable : Outcome::held));
  REQUIRE(spectrum.values.size() == exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto& v = spectrum.values[i];
    if (exact[i].mantissa == 0) {
      CHECK(v.value.mantissa == 0);
      continue;
    }
    const double error = std::fabs(
        ScaledReal{v.value.mantissa / exact[i].mantissa, v.value.exponent - exact[i].exponent}.to_double() -
        1);
    CAPTURE(i, exact[i].mantissa, exact[i].exponent, v.value.mantissa, v.value.exponent, name(v.method));
    CHECK(error <= 5e-11);
    CHECK(error <= v.relative_error);
  }
}

void check_exact(const std::vector<double>& taps) {
  check_exact(taps, tmm::test::exact_singular_values(taps));
}

std::vector<double> power_of(const std::vector<double>& factor, std::size_t exponent, std::size_t n) {
  std::vector<double> taps{1};
  for (std::size_t i = 0; i < exponent; ++i) taps = tmm::test::multiply(taps, factor);
  taps.resize(n);
  return taps;
}

// Inputs that break naive code.
std::vector<std::vector<double>> hard_taps(std::size_t n, unsigned seed) {
  std::vector<std::vector<double>> cases;
  const auto taps = random_taps(n, seed);
  const auto with = [&](std::initializer_list<double> head) {
    auto changed = taps;
    std::copy_n(head.begin(), std::min(head.size(), n), changed.begin());
    cases.push_back(changed);
  };
  cases.push_back(taps);
  with({1e-3});
  with({1e-10, 1e-5});                             // two zeros at 1e-5
  with({-1e-9, 1e-6, 1e-3, 1});                    // zeros at 1e-3 from the origin
  with({0, 0, 1e-5});                              // leading zeros
  cases.emplace_back(n, 1.0);                      // all equal
  cases.push_back(power_of({-0.5, 1}, 3, n));      // a triple zero
  cases.push_back(power_of({-0.9, 1}, n - 1, n));  // an (n−1)-fold zero, destroyed by rounding
  cases.push_back(tmm::test::multiply(tmm::test::zero_pair(0.6, 1), tmm::test::zero_pair(0.6 + 1e-7, 1)));
  cases.back().resize(n);
  auto geometric = taps;
  for (std::size_t k = 0; k < n; ++k) geometric[k] *= std::pow(1.5, k);
  cases.push_back(geometric);  // nearly all zeros inside
  std::vector<double> ends(n);
  ends.front() = 1e-3, ends.back() += 1;  // n − 1 zeros on one circle
  cases.push_back(ends);
  return cases;
}

// Up to seven zeros within |z| < ½, often near each other: their vectors (z^i) are nearly dependent.
std::vector<double> crowded_taps(std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> taps{0.1 * uniform(random) + 0.01, 1};
  const auto pairs = 1 + random() % 3;
  for (std::size_t i = 0; i < pairs; ++i) {
    const double modulus = 0.02 + 0.5 * uniform(random) * uniform(random);
    taps = tmm::test::multiply(taps, tmm::test::zero_pair(modulus, 3 * uniform(random)));
  }
  std::vector<double> outside(5);
  for (double& w : outside) w = normal(random);
  outside[0] += 4;
  taps = tmm::test::multiply(taps, outside);
  taps.resize(std::max<std::size_t>(taps.size(), 12 + random() % 20));
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
    const Eigen::VectorXd reference = tmm::test::singular_values(dense).cast<double>();
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
  const auto spectrum = singular_spectrum(taps, {.vanishing = false});
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

TEST_CASE("no taps, taps that are not finite and too many for a dense spectrum are refused") {
  CHECK_THROWS_WITH(singular_spectrum(std::vector<double>(32769, 1.0)), Catch::Contains("extreme"));
  CHECK_THROWS_AS(singular_spectrum({}), tmm::ArgumentError);
  CHECK_THROWS_AS(singular_spectrum(std::vector<double>{1, INFINITY}), tmm::ArgumentError);
}

TEST_CASE("breaking inputs agree with 900-digit eigenvalues, n = 1 to 31") {
  for (const std::size_t n : {1U, 2U, 3U, 4U, 7U, 16U, 31U})
    for (const auto& taps : hard_taps(n, 10)) check_exact(taps);
}

TEST_CASE("random, clustered and trained taps agree with 900-digit eigenvalues, n to 96", "[slow]") {
  for (const std::size_t n : {48U, 64U, 96U})
    for (const auto& taps : hard_taps(n, 20)) check_exact(taps);
  for (const char* file : {"clm_flat.h5", "copy_flat.h5", "copy_d512_n512_toeplitz_only.h5"}) {
    const auto layers = tmm::test::trained_operators(file);
    if (layers.empty()) WARN("reference checkpoints absent: " << file);
    for (std::size_t i = 0; i < layers.size(); i += 3)
      check_exact({layers[i].taps.begin(), layers[i].taps.begin() + 96});
  }
}

TEST_CASE("all 8 x 256 reference values of clm_flat.h5 to ten digits") {
  const auto layers = tmm::test::trained_operators("clm_flat.h5");
  const std::string path = tmm::test::shared_file("reference/singular_values_clm_flat.json");
  if (layers.empty() || path.empty()) {
    WARN("reference material absent");
    return;
  }
  const auto reference = nlohmann::json::parse(std::ifstream(path))["singular_values"];
  REQUIRE(layers.size() == 8);
  for (const auto& layer : layers) {
    std::vector<ScaledReal> exact;
    for (const std::string text : reference[layer.name]) {  // "6.58084923441024838164e-01"
      const auto e = text.find('e');
      exact.push_back({std::stod(text.substr(0, e)), std::stoll(text.substr(e + 1))});
    }
    check_exact(layer.taps, exact);
  }
}

TEST_CASE("values far below the double range keep their exponents") {
  const auto layers = tmm::test::trained_operators("copy_d512_n512_toeplitz_only.h5");
  if (layers.empty()) WARN("reference material absent");
  std::int64_t smallest = 0;
  for (const auto& layer : layers) {
    const auto spectrum = singular_spectrum(layer.taps);
    CAPTURE(layer.name, spectrum.method);
    CHECK(spectrum.unresolved == 0);
    CHECK(spectrum.determinant.outcome == Outcome::held);  // the sum of logarithms knows the truth
    smallest = std::min(smallest, spectrum.values.back().value.exponent);
  }
  if (!layers.empty()) CHECK(smallest < -383);

  auto taps = tame_taps(32, 6);
  taps[0] = 1e-300;
  const auto spectrum = singular_spectrum(taps);
  CHECK(spectrum.unresolved == 0);
  CHECK(spectrum.values.back().value.exponent < -9000);
  CHECK(spectrum.determinant.outcome == Outcome::held);
}

TEST_CASE("a value wrong in its ninth digit fails the determinant check") {
  auto taps = tame_taps(40, 7);
  taps[0] = 1e-6;
  auto spectrum = singular_spectrum(taps);
  const auto scaled = ScaledTaps::from(taps);
  REQUIRE(check_determinant(spectrum.values, scaled).outcome == Outcome::held);
  spectrum.values.back().value.mantissa *= 1 + 1e-9;
  CHECK(check_determinant(spectrum.values, scaled).outcome == Outcome::failed);
  spectrum.values.front().value.mantissa *= 1 + 1e-9;
  CHECK(check_frobenius(spectrum.values, scaled).outcome == Outcome::failed);
}

TEST_CASE("the same numbers on any number of threads") {
  const auto taps = random_taps(300, 8);
  const auto reference = singular_spectrum(taps);
  std::vector<Spectrum> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = singular_spectrum(taps); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results)
    for (std::size_t i = 0; i < taps.size(); ++i) {
      CHECK(result.values[i].value.mantissa == reference.values[i].value.mantissa);
      CHECK(result.values[i].value.exponent == reference.values[i].value.exponent);
    }
}

TEST_CASE("hundreds of values within 1e-7 of each other are right within their errors") {
  // a(z) = b(z^g): T_n(a) is g copies of T_{n/g}(b), whose values are known to 900 digits.
  for (const std::size_t copies : {16u, 64u})
    for (const double size : {1e-7, 1e-4}) {
      const std::size_t n = 512, length = n / copies;
      auto b = random_taps(length, 5);
      for (double& w : b) w *= size;
      b[0] = 1;
      std::vector<double> taps(n);
      for (std::size_t k = 0; k < length; ++k) taps[k * copies] = b[k];
      std::vector<ScaledReal> exact;
      for (const ScaledReal& value : tmm::test::exact_singular_values(b))
        exact.insert(exact.end(), copies, value);
      check_exact(taps, exact);
    }
}

TEST_CASE("vanishing values of crowded zeros are right within their errors") {
  std::mt19937_64 random(4);
  for (int i = 0; i < 150; ++i) check_exact(crowded_taps(random));
}
