// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_iteration.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "analysis/base/lapack.hpp"
#include "analysis/dense_oracle.hpp"
#include "analysis/spectrum/reflectors.hpp"
#include "analysis/symbols.hpp"

using Eigen::MatrixXd, Eigen::VectorXd;
using Values = std::vector<double>;

namespace {

MatrixXd tridiagonal(const Values& diagonal, const Values& subdiagonal) {
  const auto n = static_cast<Eigen::Index>(diagonal.size());
  MatrixXd T = MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) T(i, i) = diagonal[static_cast<std::size_t>(i)];
  for (Eigen::Index i = 0; i + 1 < n; ++i)
    T(i + 1, i) = T(i, i + 1) = subdiagonal[static_cast<std::size_t>(i)];
  return T;
}

/// Of the `count` eigenvalues from `first` on: an orthonormal basis, the space invariant, and these its
/// eigenvalues.
void check_subspace(const Values& diagonal, const Values& subdiagonal, Eigen::Index first,
                    Eigen::Index count) {
  const MatrixXd T = tridiagonal(diagonal, subdiagonal);
  const VectorXd values = tmm::test::symmetric_eigenvalues(T);
  const Values shifts(values.data() + first, values.data() + first + count);
  const auto found = tmm::analysis::inverse_iteration(diagonal, subdiagonal, shifts);
  REQUIRE(found);
  const MatrixXd& X = *found;
  const double n = static_cast<double>(diagonal.size()), norm = T.norm();
  CHECK((X.transpose() * X - MatrixXd::Identity(count, count)).norm() <= 1e-15 * n);
  const MatrixXd section = X.transpose() * T * X;
  CHECK((T * X - X * section).norm() <= 1e-14 * norm);
  const VectorXd own = tmm::test::symmetric_eigenvalues(section);
  CHECK((own - values.segment(first, count)).norm() <= 1e-14 * norm);
}

}  // namespace

TEST_CASE("inverse iteration spans the space of eigenvalues that stand alone") {
  for (const std::size_t n : {1U, 2U, 3U, 16U, 50U, 120U}) {
    const Values diagonal = tmm::test::gaussian_taps(n, n), subdiagonal = tmm::test::gaussian_taps(n, n + 1);
    for (const std::size_t count : {std::size_t{1}, n / 3 + 1, n})
      check_subspace(diagonal, subdiagonal, 0, static_cast<Eigen::Index>(count));
  }
}

TEST_CASE("inverse iteration spans the space of eigenvalues that agree to all digits") {
  Values diagonal, ones(21, 1.0);  // Wilkinson's W21+: pairs that agree to 14 digits
  for (int i = -10; i <= 10; ++i) diagonal.push_back(std::abs(i));
  check_subspace(diagonal, ones, 21 - 6, 6);
  Values copies, joints;  // the same block four times, joined by nothing and by next to nothing
  for (const double joint : {0.0, 1e-30, 1e-17, 0.0}) {
    const Values block = tmm::test::gaussian_taps(12, 4), beside = tmm::test::gaussian_taps(11, 5);
    copies.insert(copies.end(), block.begin(), block.end());
    joints.insert(joints.end(), beside.begin(), beside.end());
    joints.push_back(joint);
  }
  check_subspace(copies, joints, 0, 4);
  check_subspace(copies, joints, 8, 12);
}

TEST_CASE("inverse iteration keeps in range where every block has a vanishing eigenvalue") {
  Values diagonal(400, 0.0), subdiagonal(400, 0.0);  // 2 × 2 blocks of zeros and ones: 0 a hundred times
  for (std::size_t i = 0; i < 400; i += 4)
    subdiagonal[i] = 1, diagonal[i + 2] = 1, subdiagonal[i + 1] = 1e-17;
  check_subspace(diagonal, subdiagonal, 100, 100);
}

TEST_CASE("reflectors are applied as LAPACK's dormtr applies them") {
  namespace lapack = tmm::analysis::lapack;
  for (const int n : {1, 2, 3, 5, 17, 64, 130}) {
    const auto size = static_cast<std::size_t>(n);
    Values a = tmm::test::gaussian_taps(size * size, size), d(size), e(size), tau(size);
    REQUIRE(lapack::dsytrd_lower(n, a.data(), d.data(), e.data(), tau.data()) == 0);
    for (const int columns : {1, 15, 16, 17, 50}) {
      MatrixXd ours = MatrixXd::Random(n, columns), theirs = ours;
      tmm::analysis::apply_reflectors(a, tau, ours);
      REQUIRE(lapack::dormtr_lower(n, columns, a.data(), tau.data(), theirs.data()) == 0);
      CHECK((ours - theirs).norm() <= 1e-15 * n * theirs.norm());
    }
  }
}
