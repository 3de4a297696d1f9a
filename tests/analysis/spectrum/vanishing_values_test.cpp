// SPDX-License-Identifier: MIT
#include "analysis/spectrum/vanishing_values.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/dense_oracle.hpp"
#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/spectrum/hankel_eigen.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::VanishingValues;

namespace {

struct SmallEnd {
  std::vector<long double> taps;
  Eigen::MatrixXd basis;
  double cut;
};

// The k smallest; the cut lies between them and the next.
SmallEnd small_end(const std::vector<double>& taps, std::size_t k) {
  const analysis::HankelEigen eigen(taps);
  const auto values = eigen.values(analysis::error_factor(taps.size()) / 2);
  std::vector<double> moduli;
  for (const double v : values) moduli.push_back(std::abs(v));
  std::sort(moduli.begin(), moduli.end());
  const double cut = (moduli[k - 1] + moduli[k]) / 2;
  std::size_t first = 0;
  while (values[first] < -cut) ++first;
  return {{taps.begin(), taps.end()}, eigen.vectors(values, first, k), cut};
}

void check_values(const std::optional<VanishingValues>& found, const std::vector<double>& taps,
                  std::size_t k) {
  REQUIRE(found);
  REQUIRE(found->exponents.size() == k);
  const auto exact = test::exact_singular_values(taps);
  for (std::size_t i = 0; i < k; ++i) {
    const auto& sigma = exact[taps.size() - k + i];
    const long double log2_sigma = (std::log(static_cast<long double>(sigma.mantissa)) +
                                    static_cast<long double>(sigma.exponent) * std::log(10.0L)) /
                                   std::log(2.0L);
    const auto error = std::abs(static_cast<double>(std::exp2(found->exponents[i] - log2_sigma) - 1));
    CAPTURE(i, sigma.exponent, error);
    CHECK(error <= found->relative_errors[i]);
    CHECK(found->relative_errors[i] <= 5e-11);
  }
}

// Deep simple zeros (a pair, two real ones), and the rest outside.
std::vector<double> simple_zeros(std::size_t n) {
  auto taps = test::multiply(test::multiply(test::zero_pair(0.3, 1), test::zero_pair(1.5, 2)), {-0.4, 1});
  taps = test::multiply(taps, {0.55, 1});
  taps.resize(n);
  return taps;
}

}  // namespace

TEST_CASE("both methods give the vanishing values of simple zeros") {
  const auto taps = simple_zeros(40);
  const auto end = small_end(taps, 4);
  check_values(analysis::vanishing_by_residues(end.taps, end.basis, end.cut), taps, 4);
  check_values(analysis::vanishing_by_balls(end.taps, end.basis, end.cut), taps, 4);
}

TEST_CASE("more vanishing values than deep zeros, and none deep at all") {
  auto taps = test::gaussian_taps(48, 5);
  for (const std::size_t k : {3U, 7U}) {
    const auto end = small_end(taps, k);
    check_values(analysis::vanishing_by_balls(end.taps, end.basis, end.cut), taps, k);
    if (const auto found = analysis::vanishing_by_residues(end.taps, end.basis, end.cut))
      check_values(found, taps, k);
  }
}

TEST_CASE("multiple and clustered zeros: residues decline or are right, balls are right") {
  for (const double distance : {0.0, 1e-9, 1e-6, 1e-3}) {
    CAPTURE(distance);
    auto taps = test::multiply(test::multiply({-0.5, 1}, {-0.5 - distance, 1}),
                               test::multiply({-0.5 + distance, 1}, {0.7, 1}));
    taps.resize(36);
    const auto end = small_end(taps, 4);
    check_values(analysis::vanishing_by_balls(end.taps, end.basis, end.cut), taps, 4);
    const auto found = analysis::vanishing_by_residues(end.taps, end.basis, end.cut);
    if (found) check_values(found, taps, 4);
    if (distance < 1e-6) CHECK_FALSE(found);
  }
}

TEST_CASE("a subspace that is only roughly invariant still gives the values: its error enters squared") {
  const auto taps = simple_zeros(40);
  auto end = small_end(taps, 4);
  const auto exact = analysis::vanishing_by_balls(end.taps, end.basis, end.cut);
  end.basis.col(0) += 1e-8 * Eigen::VectorXd::Unit(40, 20);
  end.basis = test::orthonormal_columns(end.basis);
  const auto perturbed = analysis::vanishing_by_balls(end.taps, end.basis, end.cut);
  REQUIRE((exact && perturbed));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(static_cast<double>(perturbed->exponents[i] - exact->exponents[i]) == Approx(0).margin(1e-13));
}
