// SPDX-License-Identifier: MIT
#include "analysis/spectrum/graded_eigen.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/spectrum/dense_product.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

// Neglected coupling between two blocks is at most the ratio of their weights.
constexpr long double decoupling_gap = 70;
// Blocks of wider range (base 2) would underflow while their columns are squared.
constexpr long double widest_double = 400, widest_long_double = 7000;
constexpr long double minus_infinity = -std::numeric_limits<long double>::infinity();

// One sweep of one-sided Jacobi: rotates each pair of columns of G orthogonal. True if none needed it.
// `squares`: of the column norms, kept up to date.
template <class Real>
bool sweep(Matrix<Real>& G, Vector<Real>& squares) {
  bool orthogonal = true;
  squares = G.colwise().squaredNorm();
  for (Index a = 0; a < G.cols(); ++a)
    for (Index b = a + 1; b < G.cols(); ++b) {
      const Real ab = G.col(a).dot(G.col(b));
      if (!(std::fabs(ab) >
            4 * std::numeric_limits<Real>::epsilon() * std::sqrt(squares[a]) * std::sqrt(squares[b])))
        continue;
      orthogonal = false;
      const Real zeta = (squares[b] - squares[a]) / (2 * ab);
      const Real t = (zeta > 0 ? 1 : -1) / (std::fabs(zeta) + std::hypot(Real(1), zeta));
      const Real c = 1 / std::hypot(Real(1), t), s = c * t;
      const Vector<Real> column = G.col(a);
      G.col(a) = c * column - s * G.col(b);
      G.col(b) = s * column + c * G.col(b);
      squares[a] = G.col(a).squaredNorm();
      squares[b] = G.col(b).squaredNorm();
    }
  return orthogonal;
}

// Appends log2 of the singular values of a graded symmetric block, plus `exponent`.
template <class Real>
bool append_singular_values(const Matrix<Real>& S, long double exponent, std::vector<long double>& out) {
  // The rows of R are graded, so the columns of Rᵀ are graded too and nearly orthogonal: few sweeps are
  // needed.
  const Eigen::ColPivHouseholderQR<Matrix<Real>> qr(S);
  Matrix<Real> G = Matrix<Real>(qr.matrixQR().template triangularView<Eigen::Upper>()).transpose();
  Vector<Real> squares;
  bool converged = false;
  for (int sweeps = 0; sweeps < 40 && !converged; ++sweeps) converged = sweep(G, squares);
  for (Index i = 0; i < G.cols(); ++i) {
    const Real sigma = G.col(i).norm();
    out.push_back(sigma > 0 ? std::log2(static_cast<long double>(sigma)) + exponent : minus_infinity);
    converged = converged && std::isfinite(sigma);
  }
  return converged;
}

// The sum in the basis of the sorted directions' QR factor: triangular directions, rotated remainder.
struct TriangularSum {
  MatrixXd directions;
  MatrixXd remainder;
  std::vector<GradedSum::Weight> weights;  // descending
};

TriangularSum triangularise(const GradedSum& sum) {
  const Index k = sum.directions.rows(), q = sum.directions.cols();
  std::vector<GradedSum::Weight> weights = sum.weights;
  MatrixXd directions = sum.directions;
  for (Index j = 0; j < q; ++j) {
    const double length = directions.col(j).norm();
    if (length == 0) continue;
    directions.col(j) /= length;
    weights[static_cast<std::size_t>(j)].exponent += 2 * std::log2(static_cast<long double>(length));
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return weights[a].exponent > weights[b].exponent; });
  TriangularSum result{MatrixXd(k, q), {}, {}};
  for (Index j = 0; j < q; ++j) {
    result.directions.col(j) = directions.col(static_cast<Index>(order[static_cast<std::size_t>(j)]));
    result.weights.push_back(weights[order[static_cast<std::size_t>(j)]]);
  }
  const Eigen::HouseholderQR<MatrixXd> qr(result.directions);
  const MatrixXd basis = qr.householderQ() * MatrixXd::Identity(k, k);
  result.directions = qr.matrixQR().triangularView<Eigen::Upper>();
  result.remainder = transpose_times(basis, transpose_times(sum.remainder, basis));
  return result;
}

// Rows and columns [first, first + length) of the sum, times 2^−top. Directions before `first` have no part
// in it.
template <class Real>
bool append_block(const TriangularSum& sum, Index first, Index length, long double top,
                  std::vector<long double>& out) {
  Matrix<Real> block = Matrix<Real>::Zero(length, length);
  if (!sum.remainder.isZero(0))  // then 2^top is at least its size: the factor is finite
    block =
        sum.remainder.block(first, first, length, length).cast<Real>() * static_cast<Real>(std::exp2(-top));
  for (Index j = first; j < sum.directions.cols(); ++j) {
    const auto& weight = sum.weights[static_cast<std::size_t>(j)];
    const Vector<Real> v = sum.directions.col(j).segment(first, length).cast<Real>();
    const Index rows = std::min(length, j - first + 1);  // zero below
    block.topLeftCorner(rows, rows) += static_cast<Real>(weight.sign * std::exp2(weight.exponent - top)) *
                                       v.head(rows) * v.head(rows).transpose();
  }
  return append_singular_values(block, top, out);
}

// ‖R⁻¹‖_F of the leading triangle: the directions are its columns in an orthonormal basis.
double condition_of(const MatrixXd& triangular) {
  const Index m = std::min(triangular.rows(), triangular.cols());
  return triangular.topLeftCorner(m, m).triangularView<Eigen::Upper>().solve(MatrixXd::Identity(m, m)).norm();
}

}  // namespace

GradedEigenvalues graded_eigenvalues(const GradedSum& sum) {
  const Index k = sum.directions.rows();
  GradedEigenvalues result;
  if (k == 0) return {.exponents = {}, .smallest_angle = 1, .condition = 1, .converged = true};
  const TriangularSum s = triangularise(sum);
  const auto q = static_cast<Index>(s.weights.size());
  for (Index i = 0; i < std::min(k, q); ++i)
    result.smallest_angle =
        std::min(result.smallest_angle, static_cast<double>(std::fabs(s.directions(i, i))));
  if (q > 0) result.condition = condition_of(s.directions);

  const long double size = s.remainder.norm(), rest = size > 0 ? std::log2(size) : minus_infinity;
  const auto level = [&](Index i) {
    return i < q ? std::max(s.weights[static_cast<std::size_t>(i)].exponent, rest) : rest;
  };
  result.converged = true;
  for (Index first = 0, next; first < k; first = next) {
    for (next = first + 1; next < k && level(next - 1) - level(next) < decoupling_gap;) ++next;
    const Index length = next - first;
    const long double top = level(first);
    if (top == minus_infinity) {
      result.exponents.insert(result.exponents.end(), static_cast<std::size_t>(length), minus_infinity);
      continue;
    }
    const long double range = top - level(next - 1);
    const bool solved = range <= widest_double
                            ? append_block<double>(s, first, length, top, result.exponents)
                            : append_block<long double>(s, first, length, top, result.exponents);
    result.converged = result.converged && solved && range <= widest_long_double;
  }
  std::ranges::sort(result.exponents, std::greater<>());
  return result;
}

}  // namespace tmm::analysis
