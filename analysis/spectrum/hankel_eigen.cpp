// SPDX-License-Identifier: MIT
#include "analysis/spectrum/hankel_eigen.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "analysis/base/lapack.hpp"
#include "analysis/spectrum/dense_product.hpp"
#include "analysis/spectrum/inverse_iteration.hpp"
#include "analysis/spectrum/reflectors.hpp"
#include "analysis/spectrum/sturm_count.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

double at(const std::vector<double>& values, Index i) {
  return values[static_cast<std::size_t>(i)];
}

void check(const char* routine, int info) {
  if (info != 0) throw std::runtime_error(std::string(routine) + " failed with info " + std::to_string(info));
}

}  // namespace

HankelEigen::HankelEigen(std::span<const double> taps)
    : n_(static_cast<int>(taps.size())),
      diagonal_(taps.size()),
      subdiagonal_(taps.size()),
      reflectors_(taps.size() * taps.size()),
      tau_(taps.size()) {
  const std::size_t n = taps.size();
  // Column j holds w_{n−1−j} … w_0 and zeros; the lower triangle is read.
  for (std::size_t j = 0; j < n; ++j)
    std::reverse_copy(taps.begin(), taps.end() - static_cast<std::ptrdiff_t>(j),
                      reflectors_.begin() + static_cast<std::ptrdiff_t>(j * n));
  check("dsytrd",
        lapack::dsytrd_lower(n_, reflectors_.data(), diagonal_.data(), subdiagonal_.data(), tau_.data()));
  // Off-diagonal entries far below all rounding errors become zero: no subnormal one is left to divide by.
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i)
    largest = std::max({largest, std::fabs(diagonal_[i]), std::fabs(subdiagonal_[i])});
  for (double& e : subdiagonal_)
    if (std::fabs(e) < std::ldexp(largest, -500)) e = 0;
}

std::vector<double> HankelEigen::values(double tolerance) const {
  std::vector<double> values = diagonal_, off = subdiagonal_;
  check("dsterf", lapack::dsterf(n_, values.data(), off.data()));
  SturmCount(diagonal_, subdiagonal_)
      .confirm(values, tolerance * std::max(std::fabs(values.front()), std::fabs(values.back())));
  return values;
}

MatrixXd HankelEigen::reduction() const {
  MatrixXd Q = Eigen::Map<const MatrixXd>(reflectors_.data(), n_, n_);
  check("dorgtr", lapack::dorgtr_lower(n_, Q.data(), tau_.data()));
  return Q;
}

MatrixXd HankelEigen::vectors(std::span<const double> values, std::size_t first, std::size_t count) const {
  auto basis = by_inverse_iteration(values, first, count);
  if (!basis) basis = by_divide_and_conquer(first, count);
  constexpr std::size_t few = 128;
  if (count <= few)
    apply_reflectors(reflectors_, tau_, *basis);
  else
    check("dormtr",
          lapack::dormtr_lower(n_, static_cast<int>(count), reflectors_.data(), tau_.data(), basis->data()));
  return std::move(*basis);
}

std::optional<MatrixXd> HankelEigen::by_inverse_iteration(std::span<const double> values, std::size_t first,
                                                          std::size_t count) const {
  auto basis = inverse_iteration(diagonal_, subdiagonal_, values.subspan(first, count));
  return basis && is_invariant(*basis, values, first) ? std::move(basis) : std::nullopt;
}

// The space is invariant, and belongs to the eigenvalues asked for: its own eigenvalues are these.
bool HankelEigen::is_invariant(const MatrixXd& basis, std::span<const double> values,
                               std::size_t first) const {
  const Index k = basis.cols();
  MatrixXd image(n_, k);
  for (Index j = 0; j < k; ++j) {
    for (Index i = 0; i < n_; ++i) image(i, j) = at(diagonal_, i) * basis(i, j);
    for (Index i = 0; i + 1 < n_; ++i) {
      image(i, j) += at(subdiagonal_, i) * basis(i + 1, j);
      image(i + 1, j) += at(subdiagonal_, i) * basis(i, j);
    }
  }
  const VectorXd expected = Eigen::Map<const VectorXd>(values.data() + first, k);
  const double tolerance = 1e-14 * n_ * std::max(std::fabs(values.front()), std::fabs(values.back()));
  if ((image - basis * expected.asDiagonal()).norm() <= tolerance) return true;
  const MatrixXd section = transpose_times(basis, image);
  if (!((image - basis * section).norm() <= tolerance)) return false;
  const VectorXd found =
      Eigen::SelfAdjointEigenSolver<MatrixXd>(section, Eigen::EigenvaluesOnly).eigenvalues();
  return (found - expected).norm() <= tolerance;
}

MatrixXd HankelEigen::by_divide_and_conquer(std::size_t first, std::size_t count) const {
  std::vector<double> values = diagonal_, off = subdiagonal_;
  MatrixXd all(n_, n_);
  check("dstedc", lapack::dstedc(n_, values.data(), off.data(), all.data()));
  return all.middleCols(static_cast<Index>(first), static_cast<Index>(count));
}

}  // namespace tmm::analysis
