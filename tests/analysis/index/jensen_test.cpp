// SPDX-License-Identifier: MIT
#include "analysis/index/jensen.hpp"

#include <catch2/catch.hpp>

#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::jensen_defect, analysis::Status, analysis::symbol_zeros, analysis::winding_number;
using test::Taps;

TEST_CASE("Jensen's defect is the sum of ln 1/|z| over constructed inner zeros") {
  const Taps taps = test::multiply(test::multiply(test::zero_pair(0.5, 1.0), test::zero_pair(0.25, 2.0)),
                                   test::zero_pair(3, 0.3));
  const double expected = 2 * std::log(2.0) + 2 * std::log(4.0);
  const auto zeros = symbol_zeros(taps);
  const auto defect = jensen_defect(taps, winding_number(taps), &zeros);
  CHECK(defect.agree);
  CHECK(std::fabs(defect.by_quadrature.value - expected) <= defect.by_quadrature.error + 1e-14);
  CHECK(std::fabs(defect.by_zeros->value - expected) <= defect.by_zeros->error + 1e-14);
  CHECK(defect.by_quadrature.error < 1e-12);
  CHECK(defect.by_zeros->error < 1e-10);
}

TEST_CASE("minimum phase has defect 0, certified, a pure delay has defect ∞") {
  const Taps minimum{3, 1, 0.5};
  const auto zero = jensen_defect(minimum, winding_number(minimum));
  CHECK(zero.value.value == 0);
  CHECK(zero.value.status == Status::certified);
  CHECK(std::fabs(zero.by_quadrature.value) <= zero.by_quadrature.error);
  const Taps delay{0, 1, 0.5};
  CHECK(std::isinf(jensen_defect(delay, winding_number(delay)).value.value));
  CHECK(jensen_defect(Taps{0, 0}, winding_number(Taps{0, 0})).value.status == Status::not_defined);
}

TEST_CASE("quadrature resolves zeros next to the circle") {
  for (const double distance : {1e-3, 1e-6, 1e-9, 1e-12}) {
    const Taps taps = test::multiply(test::zero_pair(1 - distance, 1.3), {2, 0.5});
    const auto defect = jensen_defect(taps, winding_number(taps));
    const double expected = -2 * std::log1p(-distance);
    CAPTURE(distance, defect.by_quadrature.error);
    CHECK(std::fabs(defect.by_quadrature.value - expected) <= defect.by_quadrature.error + 1e-15);
    CHECK(defect.by_quadrature.error < 1e-11);
  }
}

TEST_CASE("both sides of Jensen's formula agree on random and trained layers, within small errors") {
  std::vector<Taps> all;
  for (const std::size_t n : {2u, 3u, 10u, 64u, 100u, 257u}) all.push_back(test::gaussian_taps(n, n));
  for (const auto& layer : test::trained_operators("clm_flat.h5")) all.push_back(layer.taps);
  for (const Taps& taps : all) {
    const auto zeros = symbol_zeros(taps);
    const auto winding = winding_number(taps);
    const auto defect = jensen_defect(taps, winding, &zeros);
    CAPTURE(taps.size(), defect.by_quadrature.value, defect.by_quadrature.error, defect.by_zeros->value,
            defect.by_zeros->error);
    CHECK(defect.agree);
    CHECK(defect.by_quadrature.error < 1e-9);
    CHECK(std::fabs(defect.by_quadrature.value - defect.by_zeros->value) < 1e-9);
    CHECK(defect.value.value >= -defect.value.error);
  }
}

TEST_CASE("zeros: known products, order, conjugate pairs, count equal to the certified one") {
  const Taps taps =
      test::multiply(test::multiply(test::zero_pair(0.5, 1.0), test::zero_pair(2, 2.0)), {-0.75, 1});
  const auto found = symbol_zeros(taps);
  REQUIRE(found.zeros.size() == 5);
  CHECK(found.converged);
  CHECK(std::abs(found.zeros[0].z) == Approx(0.5).epsilon(1e-13));
  CHECK(found.zeros[0].z == std::conj(found.zeros[1].z));
  CHECK(found.zeros[2].z.imag() == 0);
  CHECK(found.zeros[2].z.real() == Approx(0.75).epsilon(1e-13));
  CHECK(found.inside == 3);
  CHECK(symbol_zeros(Taps{0, 0, 1, 0}).at_origin == 2);
  CHECK(symbol_zeros(Taps{0, 0, 1, 0}).zeros.empty());
  for (const std::size_t n : {2u, 3u, 33u, 128u, 512u, 1024u}) {
    const Taps random = test::gaussian_taps(n, 3 * n);
    const auto zeros = symbol_zeros(random);
    CAPTURE(n);
    CHECK(zeros.converged);
    CHECK(zeros.zeros.size() == n - 1);
    CHECK(zeros.unclear == 0);
    CHECK(static_cast<std::int64_t>(zeros.inside) == winding_number(random).number);
    double log_product = 0;  // Π z_j = ± w_0/w_{n−1}
    for (const auto& zero : zeros.zeros) log_product += std::log(std::abs(zero.z));
    CHECK(log_product == Approx(std::log(std::fabs(random.front() / random.back()))).margin(1e-9));
  }
}
