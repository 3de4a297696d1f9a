// SPDX-License-Identifier: MIT
#include "analysis/spectrum/vanishing_proof.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/spectrum/hankel_eigen.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;

namespace {

// log10 of each bound over the value that it bounds.
std::vector<double> excess(const std::vector<double>& taps, std::size_t k) {
  const analysis::HankelEigen eigen(taps);
  const auto values = eigen.values(1e-12);
  std::vector<double> moduli;
  for (const double v : values) moduli.push_back(std::fabs(v));
  std::ranges::sort(moduli);
  const double cut = (moduli[k - 1] + moduli[k]) / 2;
  std::size_t first = 0;
  while (values[first] < -cut) ++first;
  const std::vector<long double> precise(taps.begin(), taps.end());
  const auto bounds = analysis::vanishing_upper_bounds(precise, eigen.vectors(values, first, k), cut);
  REQUIRE(bounds);
  REQUIRE(bounds->size() == k);
  const auto exact = test::exact_singular_values(taps);
  std::vector<double> result;
  for (std::size_t i = 0; i < k; ++i) {
    const auto bound = analysis::upper_end((*bounds)[i]);
    const auto& sigma = exact[taps.size() - k + i];
    result.push_back(bound.mantissa / sigma.mantissa *
                         std::pow(10, static_cast<double>(bound.exponent - sigma.exponent)) -
                     1);
  }
  return result;
}

}  // namespace

TEST_CASE("upper bounds of vanishing values bound 900-digit values, and by little") {
  // Deep zeros: a pair, two real ones, the rest outside; values from 1e-3 to below 1e-70 apart.
  auto taps = test::multiply(test::multiply(test::zero_pair(0.3, 1), test::zero_pair(1.5, 2)), {-0.4, 1});
  taps = test::multiply(test::multiply(taps, {0.01, 1}), {-1e-3, 1});
  for (const std::size_t n : {16U, 32U}) {
    taps.resize(n);
    for (const double x : excess(taps, 5)) {
      CHECK(x >= -1e-14);
      CHECK(x <= 1e-9);
    }
  }
}

TEST_CASE("upper bounds of vanishing values need no gap among them") {
  // a(z) = b(z³): each value three times.
  const auto b = test::multiply(test::zero_pair(0.4, 2), {-1.7, 1});
  std::vector<double> taps(36);
  for (std::size_t k = 0; k < b.size(); ++k) taps[3 * k] = b[k];
  for (const double x : excess(taps, 6)) {
    CHECK(x >= -1e-14);
    CHECK(x <= 1e-9);
  }
}
