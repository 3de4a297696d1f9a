// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "analysis/base/arb.hpp"
#include "analysis/index/circle_zeros.hpp"
#include "analysis/index/disc_count.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/oracle/exact_symbol.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::CircleAnswer, analysis::count_in_disc, analysis::find_zero_on_circle, analysis::IndexStatus,
    analysis::Winding, analysis::winding_number;
using test::Taps;

namespace {

std::int64_t certified_number(const Taps& taps) {
  const Winding w = winding_number(taps);
  CAPTURE(w.reason, w.margin, w.margin_upper);
  REQUIRE(w.status == IndexStatus::certified);
  CHECK(w.lowest == w.number);
  CHECK(w.highest == w.number);
  CHECK(w.margin <= w.margin_upper);
  return w.number;
}

Taps power(const Taps& a, int m) {
  Taps product{1};
  for (int i = 0; i < m; ++i) product = test::multiply(product, a);
  return product;
}

Taps lacunary(const Taps& a, std::size_t m) {
  Taps spread((a.size() - 1) * m + 1);
  for (std::size_t k = 0; k < a.size(); ++k) spread[k * m] = a[k];
  return spread;
}

/// A product of integer factors with known zeros, and how many of them are inside.
struct Product {
  Taps taps{1};
  std::int64_t inside = 0;
  void append(const Taps& factor, std::int64_t count) {
    taps = test::multiply(taps, factor);
    inside += count;
  }
};

/// Coefficients stay below 2^53, so that the doubles are the product.
Product random_product(std::mt19937_64& generator) {
  Product product;
  std::uniform_int_distribution<int> kind(0, 5), size(1, 6);
  for (int factors = size(generator); factors > 0; --factors) {
    switch (kind(generator)) {
      case 0:
        product.append({1, 3}, 1);
        break;
      case 1:
        product.append({-4, 1}, 0);
        break;
      case 2:
        product.append({2, -5, 2}, 1);  // 2 and 1/2: reciprocal, not on the circle
        break;
      case 3:
        product.append({3, 1, 1}, 0);
        break;
      case 4:
        product.append({1, 0, 2}, 2);
        break;
      default:
        product.append({2, 1, 3}, 2);
        break;
    }
  }
  return product;
}

}  // namespace

TEST_CASE("zeros closer to the circle than 62 bisections see are counted exactly") {
  const double u = 0x1p-53;
  CHECK(certified_number({1, 1, 1 - u, 1 - 2 * u, 1 - u, 1 - u}) == 2);
  CHECK(certified_number({1, -1 + u}) == 0);
  CHECK(certified_number({1 - u, -1}) == 1);
}

TEST_CASE("(1 + z)^127 in double precision with w_0 a little below 1: 63 or 65 zeros inside") {
  // Pascal's triangle in double precision, and the binomial coefficients rounded once.
  Taps pascal = power({1, 1}, 127), rounded(128);
  arb_t binomial;
  arb_init(binomial);
  for (ulong k = 0; k < 128; ++k) {
    arb_bin_uiui(binomial, 127, k, 256);
    rounded[k] = arf_get_d(arb_midref(binomial), ARF_RND_NEAR);
  }
  arb_clear(binomial);
  for (const auto& [taps, inside] : {std::pair{&pascal, 63}, std::pair{&rounded, 65}}) {
    taps->front() = 1 - 4.5e-13;
    CHECK(test::ExactSymbol(*taps).zeros_inside() == inside);
    CHECK(certified_number(*taps) == inside);
    CHECK(certified_number({taps->rbegin(), taps->rend()}) == 127 - inside);
  }
}

TEST_CASE("the exact count agrees with products of known factors") {
  std::mt19937_64 generator(11);
  for (int draw = 0; draw < 300; ++draw) {
    const Product product = random_product(generator);
    CAPTURE(product.taps);
    REQUIRE(count_in_disc(product.taps) == product.inside);
    const Taps mirrored(product.taps.rbegin(), product.taps.rend());
    REQUIRE(count_in_disc(mirrored) == static_cast<std::int64_t>(product.taps.size()) - 1 - product.inside);
    REQUIRE(count_in_disc(lacunary(product.taps, 7)) == 7 * product.inside);
    REQUIRE(find_zero_on_circle(product.taps, 0, {}).answer == CircleAnswer::none);
    // With a factor on the circle: z² − 2 cos θ z + 1, cos θ = 3/5, times 5.
    const auto proof = find_zero_on_circle(test::multiply(product.taps, {5, -6, 5}), 0, {});
    REQUIRE(proof.answer == CircleAnswer::exists);
    REQUIRE(proof.theta == Approx(std::acos(0.6)).epsilon(1e-15));
  }
}

TEST_CASE("the exact count agrees with the sweep where Schur-Cohn pivots vanish: coefficients −1, 0, 1") {
  std::mt19937_64 generator(12);
  std::uniform_int_distribution<int> digit(-1, 1), size(3, 40);
  int certified = 0, on_circle = 0;
  for (int draw = 0; draw < 400; ++draw) {
    Taps taps(static_cast<std::size_t>(size(generator)));
    for (double& w : taps) w = digit(generator);
    taps.front() = 1, taps.back() = draw % 2 == 0 ? 1 : -1;
    CAPTURE(taps);
    const Winding w = winding_number(taps);
    REQUIRE(w.status != IndexStatus::undecided);
    const CircleAnswer answer = find_zero_on_circle(taps, 0, {}).answer;
    if (w.status == IndexStatus::certified) {
      ++certified;
      REQUIRE(answer == CircleAnswer::none);
      REQUIRE(count_in_disc(taps) == w.number);
    } else {
      ++on_circle;
      REQUIRE(answer == CircleAnswer::exists);
    }
  }
  CHECK(certified > 100);
  CHECK(on_circle > 50);
}

TEST_CASE("no symbol of up to 30 weights with planted close zeros stays undecided, and FLINT agrees") {
  std::mt19937_64 generator(14);
  std::uniform_int_distribution<int> exponent(1, 52), place(0, 6), repeat(1, 4);
  for (int draw = 0; draw < 150; ++draw) {
    Taps taps{1};
    for (int factors = repeat(generator); factors > 0; --factors) {
      const double r = 1 + (draw % 2 == 0 ? 1 : -1) * std::ldexp(1.0, -exponent(generator));
      const Taps factor =
          place(generator) == 0 ? Taps{-r, 1} : test::zero_pair(r, 0.4 * place(generator) + 0.1);
      taps = test::multiply(taps, power(factor, repeat(generator)));
    }
    CAPTURE(draw, taps);
    const test::ExactSymbol truth(taps);
    const Winding w = winding_number(taps);
    if (truth.zeros_on_circle() > 0) {
      REQUIRE(w.status == IndexStatus::not_fredholm);
      REQUIRE(w.lowest <= truth.zeros_inside());
      REQUIRE(w.highest >= truth.zeros_inside());
    } else {
      REQUIRE(w.status == IndexStatus::certified);
      REQUIRE(w.number == truth.zeros_inside());
    }
  }
}

TEST_CASE("weights 300 decades apart: nothing is lost on the way to exact arithmetic") {
  // z² + 1e-310 z + 1 is palindromic with a discriminant below 0.
  const Winding w = winding_number(Taps{1, 1e-310, 1});
  REQUIRE(w.status == IndexStatus::not_fredholm);
  CHECK(w.closest_theta == Approx(std::numbers::pi / 2).epsilon(1e-15));
  // With the last weight one bit smaller both zeros, of modulus √(w_0/w_2), leave the circle.
  CHECK(certified_number({1, 1e-310, 1 - 0x1p-53}) == 0);
  CHECK(certified_number({1 - 0x1p-53, 1e-310, 1}) == 2);
  CHECK(certified_number({1, 0, 0, 1e-310, 0, 0, 1 + 0x1p-52}) == 6);
  // a(1) = 5e-324: one zero is outside, next to 1.
  CHECK(certified_number({1, 5e-324, -1}) == 1);
  CHECK(certified_number({1, -5e-324, -1}) == 1);
  CHECK(certified_number({1e300, -1e300, 1e-300}) == 0);
  CHECK(certified_number({1e300, -1e300, -1e-300}) == 1);
  CHECK(certified_number({1e300, 1e-300, -1e300, 1e-300}) == 1);
}

TEST_CASE("double zeros on the circle never change a sign, and are found") {
  const double pi = std::numbers::pi;
  const auto theta_of = [](const Taps& taps) {
    const Winding w = winding_number(taps);
    CAPTURE(taps.size(), w.reason);
    REQUIRE(w.status == IndexStatus::not_fredholm);
    return w.closest_theta;
  };
  CHECK(theta_of(power({5, -6, 5}, 2)) == Approx(std::acos(0.6)).epsilon(1e-13));
  CHECK(theta_of(power({5, -6, 5}, 6)) == Approx(std::acos(0.6)).epsilon(1e-13));
  CHECK(theta_of(test::multiply(power({1, 0, 1}, 2), {2, -5, 2})) == Approx(pi / 2).epsilon(1e-13));
  const double first = theta_of(power(lacunary({1, 1}, 12500), 2));
  CHECK(first == Approx(pi / 12500).epsilon(1e-13));
  CHECK(std::abs(test::symbol_at(power(lacunary({1, 1}, 500), 2), pi / 500)) < 1e-9);
  CHECK(theta_of(test::multiply(power(lacunary({1, 1}, 60), 2), {3, 1, 1})) ==
        Approx(pi / 60).epsilon(1e-13));
}

TEST_CASE("reciprocal pairs beside the circle are no zeros on it, however close") {
  // (z − r)(z − 1/r)·r with r = 1 − 2^-20, and its double: palindromic, nothing on the circle.
  const double r = 1 - 0x1p-20;
  const Taps pair{r, -(1 + r * r), r};
  CHECK(certified_number(pair) == 1);
  CHECK(certified_number(lacunary(pair, 11)) == 11);
  CHECK(certified_number(lacunary(pair, 3000)) == 3000);
  CHECK(find_zero_on_circle(power({2, -5, 2}, 3), 0, {}).answer == CircleAnswer::none);
}

TEST_CASE("symbols with a zero on the circle have proven bounds of the zeros inside") {
  const Winding w = winding_number(Taps{-46.75, 95, -66.0625, 79.25, -35, 66.25, -11.6875, 0});
  REQUIRE(w.status == IndexStatus::not_fredholm);
  CHECK(w.lowest <= 1);
  CHECK(w.highest >= 1);
  CHECK(w.highest <= 5);
  // One zero inside, two on the circle, two outside; one more at the origin for the leading zero weight.
  const Taps mixed = test::multiply(test::multiply({1, 2}, {5, -6, 5}), {12, 1, 1});
  Taps delayed = mixed;
  delayed.insert(delayed.begin(), 0.0);
  for (const auto& [taps, inside] : {std::pair{mixed, 1}, std::pair{delayed, 2}}) {
    const Winding beside = winding_number(taps);
    REQUIRE(beside.status == IndexStatus::not_fredholm);
    CHECK(beside.lowest == inside);
    CHECK(beside.highest == inside + 2);
  }
}

TEST_CASE("the certificate knows the signs of a(1) and a(−1)") {
  std::mt19937_64 generator(13);
  std::uniform_int_distribution<int> weight(-6, 6), size(1, 30);
  for (int draw = 0; draw < 300; ++draw) {
    Taps taps(static_cast<std::size_t>(size(generator)));
    for (double& w : taps) w = weight(generator);
    double at_one = 0, at_minus_one = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) {
      at_one += taps[k];
      at_minus_one += k % 2 == 0 ? taps[k] : -taps[k];
    }
    const auto sign = [](double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; };
    CAPTURE(taps);
    const Winding w = winding_number(taps);
    CHECK(w.certificate.sign_at_one == sign(at_one));
    CHECK(w.certificate.sign_at_minus_one == sign(at_minus_one));
  }
}

TEST_CASE("a first weight of two doubles: the index is that of the sum") {
  const Winding w = winding_number(Taps{1, -1}, {}, 0x1p-60);
  REQUIRE(w.status == IndexStatus::certified);
  CHECK(w.number == 0);
  CHECK(w.margin <= 0x1p-60);
  CHECK(w.margin > 0.99 * 0x1p-60);
  CHECK(w.margin_upper >= 0x1p-60);
  CHECK(winding_number(Taps{1, -1}, {}, -0x1p-60).number == 1);
  CHECK(winding_number(Taps{1, -1}, {}, -0x1p-1074).number == 1);
  CHECK(winding_number(Taps{1, -1}, {}, 0x1p-1074).number == 0);
  CHECK(winding_number(Taps{1, -1}).status == IndexStatus::not_fredholm);
  // (1 + z)(2 + z) and (1 + ε)(…) have the same zeros as their multiples by 2^m.
  CHECK(winding_number(Taps{1, 0, 1}, {}, 0x1p-54).number == 0);
  CHECK(winding_number(Taps{1, 0, 1}, {}, -0x1p-54).number == 2);
}
