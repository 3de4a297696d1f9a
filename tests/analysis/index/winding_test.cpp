// SPDX-License-Identifier: MIT
#include "analysis/index/winding.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::IndexStatus, analysis::Winding, analysis::winding_number;
using test::Taps;

namespace {

void check_certified(const Taps& taps, std::int64_t expected) {
  const Winding w = winding_number(taps);
  CAPTURE(taps.size(), w.reason, w.margin, w.margin_upper);
  REQUIRE(w.status == IndexStatus::certified);
  CHECK(w.number == expected);
  CHECK(w.lowest == expected);
  CHECK(w.highest == expected);
  CHECK(w.scaled_margin > 0);  // w.margin itself is 0 where the bound lies below every double
  CHECK(w.margin <= w.margin_upper);
}

void check_not_fredholm(const Taps& taps, double theta) {
  const Winding w = winding_number(taps);
  CAPTURE(taps.size(), w.reason);
  REQUIRE(w.status == IndexStatus::not_fredholm);
  CHECK(w.closest_theta == Approx(theta).margin(1e-9));
  CHECK(w.margin == 0);
  CHECK_FALSE(w.reason.empty());
}

Taps power(const Taps& a, int m) {
  Taps product{1};
  for (int i = 0; i < m; ++i) product = test::multiply(product, a);
  return product;
}

}  // namespace

TEST_CASE("sign convention: a(z) = z has winding number 1") {
  check_certified({0, 1}, 1);
}

TEST_CASE("winding numbers with known answers") {
  for (std::size_t k = 0; k < 20; ++k) {
    Taps monomial(k + 1);
    monomial[k] = -3.5;
    check_certified(monomial, static_cast<std::int64_t>(k));
  }
  check_certified({5}, 0);
  check_certified({-5, 0, 0, 0}, 0);
  check_certified({1, 2, 3, 4}, 3);
  check_certified({4, 3, 2, 1}, 0);
  check_certified({1, 2}, 1);
  check_certified({2, 1}, 0);
  check_certified({-1, 2}, 1);
  check_certified({0, 0, 2, 1, 0, 0}, 2);
  Taps geometric(256);
  for (std::size_t k = 0; k < geometric.size(); ++k) geometric[k] = std::pow(0.99, static_cast<double>(k));
  check_certified(geometric, 0);
}

TEST_CASE("products of given zeros, down to 2^-50 from the circle") {
  const Taps rest{1, 0.2, 0.1};  // both zeros outside
  for (const double theta : {0.1, 1.0, 2.0, 3.1})
    for (const double distance : {1e-3, 1e-6, 1e-9, 1e-12, 0x1p-50}) {
      CAPTURE(theta, distance);
      check_certified(test::multiply(test::zero_pair(1 - distance, theta), rest), 2);
      check_certified(test::multiply(test::zero_pair(1 + distance, theta), rest), 0);
      check_certified({-(1 - distance), 1}, 1);
      check_certified({-(1 + distance), 1}, 0);
    }
  // Eight zeros inside at mixed distances, eight outside.
  Taps product{1};
  for (int j = 0; j < 4; ++j) {
    product = test::multiply(product, test::zero_pair(1 - std::pow(10.0, -2 - j), 0.3 + 0.7 * j));
    product = test::multiply(product, test::zero_pair(1 + std::pow(10.0, -2 - j), 0.5 + 0.7 * j));
  }
  check_certified(product, 8);
}

TEST_CASE("symbols one rounding away from a zero on the circle are still decided") {
  Taps taps(256);
  taps[0] = 1;
  taps[255] = 1 + 0x1p-23;
  check_certified(taps, 255);
  taps[255] = 1 + 0x1p-52;
  check_certified(taps, 255);
  taps[0] = 1 + 0x1p-20;
  taps[255] = 1;
  check_certified(taps, 0);
}

TEST_CASE("a zero on the circle is not Fredholm, with its angle, never a number") {
  const double pi = std::numbers::pi;
  for (int m = 1; m <= 12; ++m) check_not_fredholm(power({1, -1}, m), 0);
  check_not_fredholm({1, 1}, pi);
  check_not_fredholm({0, 1, 1, 0}, pi);
  check_not_fredholm({1, 0, 1}, pi / 2);
  check_not_fredholm({1, 1, 1}, 2 * pi / 3);
  check_not_fredholm(power({1, 1, 1}, 4), 2 * pi / 3);
  check_not_fredholm(test::multiply({1, 0, 1}, {3, 1, 0.5}), pi / 2);
  check_not_fredholm(test::multiply({5, -6, 5}, {1, 4, 2, 9}), std::acos(0.6));  // e^{±iθ}, cos θ = 3/5
}

TEST_CASE("all-ones layers have every zero on the circle") {
  for (const std::size_t n : {2u, 3u, 15u, 64u, 255u, 256u, 513u}) {
    const Winding w = winding_number(Taps(n, 1.0));
    CAPTURE(n, w.reason);
    REQUIRE(w.status == IndexStatus::not_fredholm);
    CHECK(std::abs(test::symbol_at(Taps(n, 1.0), w.closest_theta)) < 1e-9 * static_cast<double>(n));
  }
}

TEST_CASE("zero symbols and impossible input") {
  for (const std::size_t n : {1u, 7u}) {
    const Winding w = winding_number(Taps(n, 0.0));
    CHECK(w.status == IndexStatus::not_fredholm);
    CHECK(w.reason == "all weights are zero");
  }
  CHECK_THROWS_AS(winding_number({}), ArgumentError);
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(winding_number(Taps{1, nan}), Catch::Contains("weight 1"));
  CHECK_THROWS_AS(winding_number(Taps{-infinity, 1}), ArgumentError);
}

TEST_CASE("weights at the ends of the double range") {
  Taps taps(256);
  taps[0] = 1e-30;
  taps[255] = 1e30;
  check_certified(taps, 255);
  check_certified({1e308, 1e307, -1e306}, 0);
  check_certified({5e-324, 1e-323}, 1);
  check_certified({1e-310, 1e300}, 1);
  check_certified({1e300, 1e-310}, 0);
}

TEST_CASE("with too little work allowed the answer is undecided, with proven bounds") {
  analysis::WindingOptions poor;
  poor.max_extended = 0;
  // Zeros at 1 ± 2^-52-ish next to each other: double precision alone cannot tell.
  const Taps near = test::multiply(test::zero_pair(1 - 0x1p-52, 1.0), test::zero_pair(0.5, 2.0));
  const Winding w = winding_number(near, poor);
  const Winding truth = winding_number(near);
  REQUIRE(truth.status == IndexStatus::certified);
  if (w.status == IndexStatus::undecided) {
    CHECK(w.lowest <= truth.number);
    CHECK(w.highest >= truth.number);
    CHECK(w.lowest == 2);
    CHECK(w.highest == 4);
    CHECK(w.margin == 0);
  } else {
    CHECK(w.number == truth.number);
  }
  // A zero on the circle that the exact step cannot see (too many weights for a gcd, not palindromic).
  Taps wide = test::multiply(Taps(20000, 1.0), {3, 1});
  const Winding open = winding_number(test::multiply(wide, {1, 0.25}), poor);
  CHECK(open.status != IndexStatus::certified);
}

TEST_CASE("laws: z·a adds one, products add, reversal mirrors, scaling and signs change nothing") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::size_t n = 2 + 11 * seed;
    Taps a = test::gaussian_taps(n, seed);
    const Winding w = winding_number(a);
    REQUIRE(w.status == IndexStatus::certified);
    Taps shifted = a;
    shifted.insert(shifted.begin(), 0.0);
    CHECK(winding_number(shifted).number == w.number + 1);
    Taps reversed(a.rbegin(), a.rend());
    CHECK(winding_number(reversed).number == static_cast<std::int64_t>(n) - 1 - w.number);
    Taps scaled = a, alternating = a;
    for (double& x : scaled) x *= -0x1p-700;
    for (std::size_t k = 1; k < n; k += 2) alternating[k] = -alternating[k];
    CHECK(winding_number(scaled).number == w.number);
    CHECK(winding_number(scaled).margin == std::ldexp(w.margin, -700));
    CHECK(winding_number(alternating).number == w.number);
    // a·q has the winding of a plus that of q; the product is not exact in double, so keep it well off the
    // circle.
    const Taps product = test::multiply(a, test::zero_pair(0.5, 1.1));
    CHECK(winding_number(product).number == w.number + 2);
  }
}

TEST_CASE("Rouché: any change of the weights within the margin keeps the winding number") {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal;
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    const Taps a = test::gaussian_taps(64, seed);
    const Winding w = winding_number(a);
    Taps change(a.size());
    double norm = 0;
    for (double& x : change) norm += std::fabs(x = normal(generator));
    Taps changed = a;
    for (std::size_t k = 0; k < a.size(); ++k) changed[k] += 0.999 * w.margin / norm * change[k];
    CHECK(winding_number(changed).number == w.number);
  }
}

TEST_CASE("the margin is a lower bound of |a| on a fine grid, and close to its minimum") {
  for (const std::size_t n : {2u, 3u, 16u, 17u, 100u}) {
    const Taps a = test::gaussian_taps(n, n);
    const Winding w = winding_number(a);
    REQUIRE(w.status == IndexStatus::certified);
    double smallest = HUGE_VAL;
    for (int j = 0; j <= 20000; ++j) {
      const double value = std::abs(test::symbol_at(a, std::numbers::pi * j / 20000));
      smallest = std::fmin(smallest, value);
    }
    CHECK(w.margin <= smallest);
    CHECK(w.margin >= 0.998 * w.margin_upper);
    CHECK(w.margin_upper <= smallest * 1.01);
    CHECK(std::abs(test::symbol_at(a, w.closest_theta)) <= w.margin_upper * (1 + 1e-9));
  }
}

TEST_CASE("trained layers: the 48 reference windings") {
  const std::string path = test::shared_file("reference/index.json");
  if (path.empty()) {
    WARN("reference material is absent: 48 trained layers not compared");
    return;
  }
  const auto reference = nlohmann::json::parse(test::read_text(path)).at("layers");
  int compared = 0;
  for (const auto& [file, layers] : reference.items())
    for (const auto& layer : test::trained_operators(file)) {
      CAPTURE(file, layer.name);
      const auto& expected = layers.at(layer.name);
      const Winding w = winding_number(layer.taps);
      REQUIRE(w.status == IndexStatus::certified);
      CHECK(w.number == expected.at("zeros_inside_unit_circle").get<std::int64_t>());
      CHECK(-w.number == expected.at("fredholm_index").get<std::int64_t>());
      ++compared;
    }
  CHECK(compared == 48);
}

TEST_CASE("a million taps", "[slow]") {
  const std::size_t n = std::size_t{1} << 20;
  Taps delay(n);
  delay.back() = 1;
  check_certified(delay, static_cast<std::int64_t>(n) - 1);
  delay.front() = 0.5;
  check_certified(delay, static_cast<std::int64_t>(n) - 1);
  Taps a = test::gaussian_taps(n, 7);
  const Winding w = winding_number(a);
  REQUIRE(w.status == IndexStatus::certified);
  Taps reversed(a.rbegin(), a.rend());
  CHECK(winding_number(reversed).number == static_cast<std::int64_t>(n) - 1 - w.number);
}
