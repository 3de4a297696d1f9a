// SPDX-License-Identifier: MIT
#include "analysis/spectrum/hankel_eigen.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/spectrum/spectrum.hpp"
#include "analysis/symbols.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"
#include "tolerance.hpp"

using Eigen::MatrixXd;
using tmm::analysis::HankelEigen;
using tmm::model::CausalToeplitz, tmm::model::ReversedToeplitz;

namespace {

// The basis is orthonormal, invariant, and has the wanted eigenvalues.
void check_basis(const std::vector<double>& taps, double cut) {
  const HankelEigen eigen(taps);
  const auto values = eigen.values(tmm::analysis::error_factor(taps.size()) / 2);
  std::size_t first = 0, count = 0;
  while (values[first] < -cut) ++first;
  while (first + count < values.size() && values[first + count] < cut) ++count;
  REQUIRE(count > 0);
  const MatrixXd X = eigen.vectors(values, first, count), H = ReversedToeplitz(CausalToeplitz(taps)).dense();
  const auto k = static_cast<Eigen::Index>(count);
  const double tolerance = 10 * tmm::test::eigen_tolerance<double>(taps.size(), values.back());
  CHECK((X.transpose() * X - MatrixXd::Identity(k, k)).norm() <= 1e-13 * static_cast<double>(taps.size()));
  const MatrixXd section = X.transpose() * H * X;
  CHECK((H * X - X * section).norm() <= tolerance);
  CHECK(section.norm() <= cut * std::sqrt(static_cast<double>(count)) + tolerance);
}

}  // namespace

TEST_CASE("the small invariant subspace, also where LAPACK's eigenvalues are noise") {
  auto taps = tmm::test::gaussian_taps(120, 1);
  check_basis(taps, 0.05);
  taps[0] = 1e-3, taps[1] = 1e-2, taps[2] = 0.1;  // several values vanish
  check_basis(taps, 0.05);
}

TEST_CASE("entries down to the subnormal range do no harm") {
  for (const double tiny : {1e-30, 1e-200, 1e-300, 1e-320, 0.0}) {
    CAPTURE(tiny);
    auto taps = tmm::test::gaussian_taps(13, 2);
    taps[0] = tiny;
    check_basis(taps, 0.05);
    taps[1] = tiny;
    check_basis(taps, 0.05);
  }
}
