// SPDX-License-Identifier: MIT
#include "analysis/spectrum/eigenvalue_enclosures.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::EigenvalueEnclosures, analysis::HankelEigen;

namespace {

std::vector<double> scaled(const std::vector<double>& taps) {
  return analysis::ScaledTaps::from(taps).as_double();
}

EigenvalueEnclosures enclose(const std::vector<double>& taps, const HankelEigen& eigen) {
  return analysis::enclose_eigenvalues(taps, eigen, eigen.values(1e-12));
}

// How many of the moduli, descending, lie outside the enclosures by more than rounding of the exact ones.
int outside(const EigenvalueEnclosures& found, const std::vector<analysis::ScaledReal>& exact) {
  std::vector<double> lower, upper;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    lower.push_back(std::max({found.lower[i], -found.upper[i], 0.0}));
    upper.push_back(std::max(found.upper[i], -found.lower[i]));
  }
  std::ranges::sort(lower, std::greater<>());
  std::ranges::sort(upper, std::greater<>());
  int count = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double sigma = exact[i].to_double();
    count += sigma < lower[i] * (1 - 1e-15) || sigma > upper[i] * (1 + 1e-15) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("enclosures of eigenvalues hold 900-digit values and are as narrow as LAPACK's errors") {
  for (const std::size_t n : {1U, 2U, 3U, 8U, 17U, 24U}) {
    CAPTURE(n);
    const auto taps = scaled(test::gaussian_taps(n, n));
    const auto found = enclose(taps, HankelEigen(taps));
    CHECK(outside(found, test::exact_singular_values(taps)) == 0);
    CHECK(found.orthogonality <= 1e-11);
    double widest = 0;
    for (std::size_t i = 0; i < n; ++i) widest = std::max(widest, found.upper[i] - found.lower[i]);
    CHECK(widest <= 1e-13 * std::max(std::fabs(found.lower.front()), std::fabs(found.upper.back())));
  }
}

TEST_CASE("enclosures of eigenvalues hold whatever reduction and values they are given") {
  const auto taps = scaled(test::gaussian_taps(16, 5));
  const auto exact = test::exact_singular_values(taps);
  for (const double off : {1e-12, 1e-6, 1e-2, 1.0}) {
    CAPTURE(off);
    auto others = taps;
    others[3] += off;
    const HankelEigen of_others(others);
    const auto found = enclose(taps, of_others);
    CHECK(outside(found, exact) == 0);
    CHECK(found.distance >= off / 4);  // the residual sees that it is another matrix
    auto values = of_others.values(1e-12);
    for (double& value : values) value += off;
    CHECK(outside(analysis::enclose_eigenvalues(taps, of_others, values), exact) == 0);
  }
}

TEST_CASE("enclosures of eigenvalues that are made too narrow are noticed") {
  const auto taps = scaled(test::gaussian_taps(20, 7));
  const auto exact = test::exact_singular_values(taps);
  auto found = enclose(taps, HankelEigen(taps));
  REQUIRE(outside(found, exact) == 0);
  for (std::size_t i = 0; i < taps.size(); ++i) {  // all that is left are the ends of Sturm counts, shifted
    const double middle = (found.lower[i] + found.upper[i]) / 2;
    found.lower[i] = middle + found.distance;
    found.upper[i] = middle + 2 * found.distance;
  }
  CHECK(outside(found, exact) > 10);
}
