// SPDX-License-Identifier: MIT
#include "model/toeplitz/derived_taps.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "analysis/oracle/flint.hpp"

using namespace tmm;
using model::DerivedTaps;
using test::Ball;

namespace {

constexpr slong bits = 4096;  // of 1 + e^-1000 as well

Ball softplus(const Ball& x) {
  Ball result;
  arb_exp(result.get(), x.get(), bits);
  arb_log1p(result.get(), result.get(), bits);
  return result;
}

Ball difference(const Ball& a, double b) {
  Ball result, subtrahend(b);
  arb_sub(result.get(), a.get(), subtrahend.get(), bits);
  arb_abs(result.get(), result.get());
  return result;
}

/// Raw numbers as checkpoints and adversaries have them.
std::vector<double> raw_numbers(std::size_t count, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> fresh(0, 0.2);
  std::uniform_real_distribution<double> wide(-1000, 1000), exponent(-149, 10);
  std::vector<double> raw{0.0,    -0.0,     1e3,       -1e3,   20,      std::nextafter(20.0, 21.0),
                          -20,    0x1p-149, -0x1p-149, 5e-324, -5e-324, 744.5,
                          -744.5, -745.2,   709.9,     1e-8,   -1e-8,   -11000,
                          11000,  -36.8,    36.8};
  while (raw.size() < count) {
    raw.push_back(static_cast<float>(fresh(generator)));
    raw.push_back(static_cast<float>(wide(generator)));
    raw.push_back(std::exp2(exponent(generator)) * (raw.size() % 2 == 0 ? 1 : -1));
  }
  return raw;
}

/// Half a unit in the last place of x, and what the derivation itself may lose.
double expected_error(double x) {
  return std::fabs(x) * 0x1.21p-53 + std::numeric_limits<double>::denorm_min();
}

}  // namespace

TEST_CASE("softplus taps: Arb never finds an error beyond the bound, and the bound is tight") {
  for (const double x : raw_numbers(6000, 1)) {
    const DerivedTaps derived = model::softplus_taps(std::vector<double>{x}, true);
    const Ball error = difference(softplus(Ball(x)), derived.taps[0]);
    INFO("x = " << x);
    REQUIRE(arb_le(error.get(), Ball(derived.error_l1).get()) != 0);
    REQUIRE(derived.error_l1 <= expected_error(derived.taps[0]));
  }
}

TEST_CASE("a row of softplus taps: the sum of all errors lies within the bound") {
  for (unsigned seed = 0; seed < 8; ++seed) {
    const std::vector<double> raw = raw_numbers(512, seed + 10);
    const DerivedTaps derived = model::softplus_taps(raw, true);
    Ball sum(0.0);
    double tight = 0;
    for (std::size_t k = 0; k < raw.size(); ++k) {
      const Ball error = difference(softplus(Ball(raw[k])), derived.taps[k]);
      arb_add(sum.get(), sum.get(), error.get(), bits);
      tight += expected_error(derived.taps[k]);
    }
    CHECK(arb_le(sum.get(), Ball(derived.error_l1).get()) != 0);
    CHECK(derived.error_l1 <= tight * (1 + 1e-12));
  }
}

TEST_CASE("taps of exponential averages: Arb never finds an error beyond the bound") {
  const std::vector<double> logits = raw_numbers(120, 3);
  for (const double logit : logits) {
    const std::size_t n = 40;
    const DerivedTaps derived = model::exponential_average_taps(logit, n, true);
    Ball sum(0.0);
    const Ball first = softplus(Ball(logit)), step = softplus(Ball(-logit));
    double tight = 0;
    for (std::size_t k = 0; k < n; ++k) {
      Ball exact;  // (1 - alpha) alpha^k, by logarithms
      arb_mul_ui(exact.get(), step.get(), k, bits);
      arb_add(exact.get(), exact.get(), first.get(), bits);
      arb_neg(exact.get(), exact.get());
      arb_exp(exact.get(), exact.get(), bits);
      const Ball error = difference(exact, derived.taps[k]);
      arb_add(sum.get(), sum.get(), error.get(), bits);
      tight += 2 * expected_error(derived.taps[k]);
    }
    INFO("logit = " << logit);
    REQUIRE(arb_le(sum.get(), Ball(derived.error_l1).get()) != 0);
    REQUIRE(derived.error_l1 <= 1e3 * tight);
  }
}

TEST_CASE("soft thresholds: the exact error is the bound") {
  const std::vector<double> raw = raw_numbers(3000, 4);
  for (const double lambda : {0.0, 0.003, 0.1, 1e-40, 5e-324, 30.0})
    for (const double x : raw) {
      const DerivedTaps derived = model::soft_threshold_taps(std::vector<double>{x}, lambda, false);
      Ball exact(std::fabs(x)), threshold(lambda);
      arb_sub(exact.get(), exact.get(), threshold.get(), bits);
      if (arb_is_negative(exact.get()) != 0) arb_zero(exact.get());
      const Ball error = difference(exact, std::fabs(derived.taps[0]));
      INFO("x = " << x << ", lambda = " << lambda);
      REQUIRE(arb_eq(error.get(), Ball(derived.error_l1).get()) != 0);
      REQUIRE((derived.taps[0] == 0 || std::signbit(derived.taps[0]) == std::signbit(x)));
    }
}
