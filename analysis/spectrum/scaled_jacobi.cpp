// SPDX-License-Identifier: MIT
#include "analysis/spectrum/scaled_jacobi.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;

constexpr int most_sweeps = 40;
constexpr double orthogonal = 4e-15;  // cosine of columns that are left alone
constexpr long far_apart = 400;       // powers of two: beyond it the larger column does not change

/// x ← c x − s·share y, y ← (s/share) x + c y, share = 2^{e_y − e_x} ≤ 1, on columns without their scales.
struct Rotation {
  double cosine = 1, to_first = 0, to_second = 0;

  void turn(Eigen::Ref<Eigen::VectorXd> x, Eigen::Ref<Eigen::VectorXd> y) const {
    for (Index i = 0; i < x.size(); ++i) {
      const double old = x[i];
      x[i] = cosine * old - to_first * y[i];
      y[i] = to_second * old + cosine * y[i];
    }
  }
};

Rotation rotation(double xx, double yy, double xy, long drop) {
  if (drop > far_apart) return {1, 0, -xy / xx};
  // tan = sign ζ/(|ζ| + √(1 + ζ²)), ζ = (|y|² − |x|²)/(2 x·y) with the scales in.
  const double share = std::ldexp(1.0, -static_cast<int>(drop));
  const double zeta = (share * share * yy - xx) / (2 * share * xy);
  const double tangent = (zeta < 0 ? -1 : 1) / (std::fabs(zeta) + std::hypot(1.0, zeta));
  const double cosine = 1 / std::hypot(1.0, tangent), sine = cosine * tangent;
  return {cosine, sine * share, sine / share};
}

}  // namespace

MatrixXd scaled_jacobi(MatrixXd F, std::span<const long> exponents) {
  const Index k = F.cols();
  MatrixXd Z = MatrixXd::Identity(k, k);
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    bool rotated = false;
    for (Index i = 0; i < k; ++i)
      for (Index j = i + 1; j < k; ++j) {
        const bool falls = exponents[static_cast<std::size_t>(i)] >= exponents[static_cast<std::size_t>(j)];
        const Index first = falls ? i : j, second = falls ? j : i;
        const double xx = F.col(first).squaredNorm(), yy = F.col(second).squaredNorm(),
                     xy = F.col(first).dot(F.col(second));
        if (!(std::fabs(xy) > orthogonal * std::sqrt(xx * yy))) continue;
        const Rotation turn = rotation(
            xx, yy, xy,
            exponents[static_cast<std::size_t>(first)] - exponents[static_cast<std::size_t>(second)]);
        turn.turn(F.col(first), F.col(second));
        turn.turn(Z.col(first), Z.col(second));
        rotated = true;
      }
    if (!rotated) break;
  }
  return Z;
}

}  // namespace tmm::analysis
