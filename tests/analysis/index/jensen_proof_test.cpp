// SPDX-License-Identifier: MIT
#include "analysis/index/jensen_proof.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/index/jensen.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::Measure, analysis::Status;
using test::Taps;

namespace {

std::optional<Measure> proven(const Taps& taps, double rest = 0) {
  return analysis::proven_jensen_defect(taps, rest, analysis::winding_number(taps, {}, rest),
                                        analysis::symbol_zeros(taps));
}

}  // namespace

TEST_CASE("the proven defect of planted zeros is the sum of ln 1/|z|") {
  // 0.3 e^{±i}, −0.5, ½ and zeros outside, in dyadic numbers where the truth must be exact.
  const Taps taps = test::multiply(test::multiply({0.5, 1}, {-0.25, 1}), test::multiply({2, 1}, {3, 0, 1}));
  const auto defect = proven(taps);
  REQUIRE(defect);
  CHECK(defect->status == Status::certified);
  const double truth = 3 * std::log(2.0);
  CHECK(std::fabs(defect->value - truth) <= defect->error + 4e-16);
  CHECK(defect->error <= 1e-15);
}

TEST_CASE("the proven defect agrees with quadrature, which shares nothing with it") {
  for (const std::size_t n : {3U, 17U, 64U, 200U})
    for (const std::uint64_t seed : {1U, 2U}) {
      const Taps taps = test::gaussian_taps(n, seed);
      const auto winding = analysis::winding_number(taps);
      const auto defect = proven(taps);
      REQUIRE(defect.has_value() == (winding.number > 0));
      if (!defect) continue;
      const auto both = analysis::jensen_defect(taps, winding);
      CAPTURE(n, seed, defect->value, both.by_quadrature.value);
      CHECK(std::fabs(defect->value - both.by_quadrature.value) <= defect->error + both.by_quadrature.error);
      CHECK(defect->error <= 1e-13 * (1 + defect->value));
    }
}

TEST_CASE("the proven defect takes what w_0 has beyond its double") {
  Taps taps = test::gaussian_taps(9, 3);
  taps[0] = 0.125;
  const double rest = 0x1p-58;
  const auto plain = proven(taps), exact = proven(taps, rest);
  REQUIRE((plain && exact));
  // ∂/∂w_0 of the mean of ln|a| − ln|w_0|, about −1/w_0 and the mean of Re 1/a, both of ordinary size.
  CHECK(std::fabs(plain->value - exact->value) <= 100 * rest + plain->error + exact->error);
}

TEST_CASE("no proof of the defect where zeros coincide, lie on the circle, or are not counted") {
  CHECK_FALSE(proven(test::multiply(test::multiply({-0.5, 1}, {-0.5, 1}), {3, 1})));  // double
  CHECK_FALSE(proven({1, -1}));                                                       // on the circle
  CHECK_FALSE(proven({3, 1}));                                                        // none inside
  CHECK_FALSE(proven({0, 1, 0.5}));                                                   // at the origin
  // Zeros that are not those of the symbol: fewer discs than N.
  const Taps taps = test::gaussian_taps(12, 6);
  auto winding = analysis::winding_number(taps);
  const auto zeros = analysis::symbol_zeros(taps);
  REQUIRE(analysis::proven_jensen_defect(taps, 0, winding, zeros));
  winding.number += 1;
  CHECK_FALSE(analysis::proven_jensen_defect(taps, 0, winding, zeros));
}
