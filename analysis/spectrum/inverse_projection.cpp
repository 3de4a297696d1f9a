// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_projection.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/spectrum/integer_projection.hpp"

namespace tmm::analysis {

using Eigen::Index, Eigen::MatrixXd;

// n·bits up to which integers, in O(n² bits) a column, cost less than balls, which multiply series by
// transforms: 3.5 and 1.7 times less at n = 256 and 1024 with 256 bits, as much at 2048, twice as much at
// 4096.
constexpr double integers_are_faster = 0x1p+19;

// (J T(b) y)_i is coefficient n−1−i of the series b·y.
void project_inverse(BallMatrix& M, const BallSeries& inverse, const MatrixXd& Y, long precision) {
  const Index n = Y.rows(), k = Y.cols();
  BallSeries column, product;
  std::vector<BallSeries> columns(static_cast<std::size_t>(k));
  for (Index j = 0; j < k; ++j) {
    const Eigen::VectorXd reversed = Y.col(j).reverse();
    set_series(columns[static_cast<std::size_t>(j)], std::span(reversed.data(), static_cast<std::size_t>(n)));
  }
  for (Index j = 0; j < k; ++j) {
    set_series(column, std::span(Y.col(j).data(), static_cast<std::size_t>(n)));
    arb_poly_mullow(product.get(), inverse.get(), column.get(), n, precision);
    for (Index i = 0; i <= j; ++i) {
      const auto* y = columns[static_cast<std::size_t>(i)].get();
      const slong length = std::min(arb_poly_length(y), arb_poly_length(product.get()));
      arb_dot(M(i, j), nullptr, 0, y->coeffs, 1, product.get()->coeffs, 1, length, precision);
      arb_set(M(j, i), M(i, j));
    }
  }
}

bool project_with_enough_bits(std::span<const long double> taps, const MatrixXd& basis,
                              const ProjectionEffort& effort,
                              const std::function<bool(BallMatrix& M, long precision)>& use) {
  const MatrixXd Y = basis.colwise().reverse();
  const auto n = static_cast<double>(taps.size()), k = static_cast<double>(Y.cols());
  BallSeries inverse;
  double bits = effort.bits, work = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    work += n * k * (k + 40) * bits;
    if (work > effort.largest_work) return false;
    const auto precision = static_cast<long>(bits);
    invert_series(inverse, taps, precision);
    const SeriesSize size = size_of(inverse);
    if (!std::isfinite(size.largest)) {
      bits *= 2;
      continue;
    }
    const double needed = size.largest + std::log2(effort.largest_value) + std::log2(n) + effort.guard_bits;
    if (size.largest - size.radius < needed || bits < needed) {
      bits = std::max({needed + 32, bits - (size.largest - size.radius) + needed + 16, 1.1 * bits});
      continue;
    }
    BallMatrix M(Y.cols());
    const bool in_integers = n * bits <= integers_are_faster && fits_integers(Y);
    (in_integers ? project_in_integers : project_inverse)(M, inverse, Y, precision);
    if (use(M, precision)) return true;
    bits *= 1.5;
  }
  return false;
}

}  // namespace tmm::analysis
