// SPDX-License-Identifier: MIT
#include "analysis/jacobian/golub_kahan.hpp"

#include <Eigen/Core>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"
#include "model/base/random_source.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

std::span<const double> in(const VectorXd& x) {
  return {x.data(), static_cast<std::size_t>(x.size())};
}

VectorXd product(const LinearMap& map, const VectorXd& x) {
  VectorXd y(static_cast<Index>(map.rows));
  map.apply(in(x), {y.data(), map.rows});
  return y;
}

VectorXd transposed(const LinearMap& map, const VectorXd& u) {
  VectorXd g(static_cast<Index>(map.cols));
  map.transpose(in(u), {g.data(), map.cols});
  return g;
}

/// Orthonormal columns that grow one by one.
class Basis {
 public:
  Basis(std::size_t length, std::size_t most, std::uint64_t seed)
      : columns_(static_cast<Index>(length), static_cast<Index>(most)), random_({seed, length, most}) {}

  [[nodiscard]] auto last() const { return columns_.col(count_ - 1); }
  [[nodiscard]] auto all() const { return columns_.leftCols(count_); }

  /// Takes w, orthogonalised and normalised, and returns its norm then; if that is not above `tiny` takes a
  /// random vector in its place and returns 0.
  double append(VectorXd w, double tiny) {
    double norm = orthogonalise(w);
    if (!std::isfinite(norm)) throw FormatError("a derivative that is not finite");
    const bool found = norm > tiny;
    while (!(norm > 0) || (!found && !replaced_)) {
      for (double& x : w) x = random_.normal();
      w.normalize();
      norm = orthogonalise(w);
      replaced_ = norm > 1e-8;
    }
    replaced_ = false;
    columns_.col(count_++) = w / norm;
    return found ? norm : 0;
  }
  /// Largest entry of QᵀQ − I.
  [[nodiscard]] double defect() const {
    return (all().transpose() * all() - MatrixXd::Identity(count_, count_)).cwiseAbs().maxCoeff();
  }
  /// Norm of w without its part in the span.
  double orthogonalise(VectorXd& w) const {
    for (int twice = 0; twice < 2; ++twice) w -= all() * (all().transpose() * w).eval();
    return w.norm();
  }

 private:
  MatrixXd columns_;
  Index count_ = 0;
  bool replaced_ = false;
  model::RandomSource random_;
};

}  // namespace

GolubKahan golub_kahan(const LinearMap& map, std::size_t steps, std::uint64_t seed) {
  if (steps == 0 || map.smaller() == 0)
    throw ArgumentError("a bidiagonalisation needs a step and a matrix that is not empty");
  const std::size_t k = std::min(steps, map.smaller());
  const auto order = static_cast<Index>(k);
  Basis v(map.cols, k, seed), u(map.rows, k, seed + 1);
  MatrixXd b = MatrixXd::Zero(order, order + 1);  // with β_k in the last column
  double scale = 0;
  const double below = std::numeric_limits<double>::epsilon() * static_cast<double>(map.larger());
  v.append(VectorXd::Zero(static_cast<Index>(map.cols)), 0);
  for (Index j = 0; j < order; ++j) {
    VectorXd w = product(map, v.last());
    if (j > 0) w -= b(j - 1, j) * u.last();
    scale = std::max(scale, w.norm());
    b(j, j) = u.append(std::move(w), below * scale);
    VectorXd g = transposed(map, u.last());
    g -= b(j, j) * v.last();
    scale = std::max({scale, b(j, j), g.norm()});
    if (j + 1 < order) {
      b(j, j + 1) = v.append(std::move(g), below * scale);
    } else {
      const double rest = v.orthogonalise(g);
      b(j, j + 1) = rest > below * scale ? rest : 0;
    }
  }
  const Eigen::JacobiSVD<MatrixXd> svd(b.leftCols(order), Eigen::ComputeFullU | Eigen::ComputeFullV);
  GolubKahan result;
  const double beyond = b(order - 1, order);
  for (Index i = 0; i < order; ++i) {
    result.ritz.push_back(svd.singularValues()(i));
    result.residual.push_back(beyond * std::fabs(svd.matrixU()(order - 1, i)));
  }
  const VectorXd x = u.all() * svd.matrixU().col(0), y = v.all() * svd.matrixV().col(0);
  const double theta = result.ritz.front();
  result.largest_residual = std::sqrt(
      ((product(map, y) - theta * x).squaredNorm() + (transposed(map, x) - theta * y).squaredNorm()) / 2);
  result.smallest_upper = result.ritz.back();
  if (map.cols > map.rows && beyond > 0)
    result.smallest_upper = Eigen::JacobiSVD<MatrixXd>(b).singularValues()(order - 1);
  result.orthogonality = std::max(v.defect(), u.defect());
  result.complete = k == map.smaller() && beyond == 0;
  return result;
}

}  // namespace tmm::analysis
