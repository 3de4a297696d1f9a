// SPDX-License-Identifier: MIT
#include "analysis/spectrum/eigenvalue_enclosures.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/spectrum/dense_product.hpp"
#include "analysis/spectrum/proven_product.hpp"
#include "analysis/spectrum/sturm_count.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;
constexpr double unit = std::numeric_limits<double>::epsilon() / 2;

// Covers the rounding of sums of up to 2^20 terms that are not negative, and of the few operations after.
constexpr double outward = 1 + 1e-9;

// Far above whatever underflow does to n ≤ 2^15 entries, far below all else.
constexpr double underflow = 1e-280;

// γ_k = k u/(1 − k u), rounded up.
double gamma(double k) {
  return k * unit / (1 - k * unit) * outward;
}

double upper_norm(std::span<const double> x) {
  double sum = 0;
  for (const double entry : x) sum += entry * entry;
  return std::sqrt(sum) * outward;
}

double upper_sum(std::span<const double> x) {
  double sum = 0;
  for (const double entry : x) sum += std::fabs(entry);
  return sum * outward;
}

// The lower triangle of T_n(a).
MatrixXd lower_toeplitz(std::span<const double> taps) {
  const auto n = static_cast<Index>(taps.size());
  MatrixXd T = MatrixXd::Zero(n, n);
  for (Index j = 0; j < n; ++j) std::copy_n(taps.begin(), static_cast<std::size_t>(n - j), &T(j, j));
  return T;
}

// The multiples of 2^−bits: the nearest one to each |x| < 2^(51 − bits); what is left of x is at most
// 2^−bits/2, exactly.
class Grid {
 public:
  explicit Grid(int bits) : shift_(std::ldexp(1.5, 52 - bits)), half_(std::ldexp(0.5, -bits)) {}
  [[nodiscard]] double nearest(double x) const { return (x + shift_) - shift_; }
  [[nodiscard]] double half() const { return half_; }

 private:
  double shift_, half_;
};

// ε ≥ ‖QᵀQ − I‖₂. Entries of the product are off by at most γ_n times the norms of two columns.
double orthogonality(const MatrixXd& Q) {
  const MatrixXd G = gram(Q);
  const Index n = Q.cols();
  double squares = 0, longest = 0;
  for (Index j = 0; j < n; ++j) {
    double column = 0;
    for (Index i = 0; i < j; ++i) column += 2 * G(i, j) * G(i, j);
    const double diagonal = G(j, j) - 1;
    squares += column + diagonal * diagonal;
    longest = std::max(longest, G(j, j));
  }
  const auto size = static_cast<double>(n);
  // The trace too is known only up to γ_n.
  const double columns = longest * (1 + 2 * gamma(size)) * outward;
  return (std::sqrt(squares) * outward + (size * gamma(size) + 2 * unit) * columns) * outward + underflow;
}

constexpr int high_bits = 22;  // after the binary point, of the leading parts of T and S

// Where Q is cut: all entries, products and partial sums below are then less than 2^52 units of
// 2^−(high_bits + bits), for entries of T₁Q₁ by Cauchy and Schwarz.
int bits_of_basis(std::span<const double> taps, double column, double norm) {
  const double size = (upper_norm(taps) +
                       std::sqrt(static_cast<double>(taps.size())) * std::ldexp(1, -high_bits) + 3 * norm) *
                      (column + 1e-3);
  return 52 - high_bits - std::max(static_cast<int>(std::ceil(std::log2(size))), 0);
}

// T Q as a sum of two: `leading` without any rounding, `rest` off by at most `error` in Frobenius' norm and
// at most as large as `size`.
struct SplitProduct {
  MatrixXd leading, rest;
  double error = 0, size = 0;
};

SplitProduct split_product(std::span<const double> taps, const MatrixXd& Q, const Grid& grid, double column) {
  const auto n = static_cast<double>(Q.cols());
  std::vector<double> high(taps.begin(), taps.end()), low(taps.size());
  const Grid of_taps(high_bits);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    high[k] = of_taps.nearest(taps[k]);
    low[k] = taps[k] - high[k];
  }
  SplitProduct product{Q, Q};
  for (Index i = 0; i < Q.size(); ++i) {
    product.leading.data()[i] = grid.nearest(Q.data()[i]);
    product.rest.data()[i] -= product.leading.data()[i];
  }
  lower_times(lower_toeplitz(high), product.leading);
  // Entries of Q are about 1/√n, those of its rest a third of a unit.
  const double scale = std::exp2(-std::round(std::log2(grid.half() * std::sqrt(n))));
  BoundedProduct rest = proven_sum_of_products(high, product.rest, low, Q, scale);
  product.rest = std::move(rest.value);
  // ‖|T₁|‖₂ ≤ ‖w₁‖₁, |Q₂| ≤ half a unit each.
  product.size = (upper_sum(high) * n * grid.half() + upper_sum(low) * std::sqrt(n) * column) * outward;
  product.error = rest.error;
  return product;
}

// An entry of S and its parts: `high` a multiple of 2^−high_bits.
struct SplitEntry {
  double high, low, whole;
  explicit SplitEntry(double x) : high(Grid(high_bits).nearest(x)), low(x - high), whole(x) {}
};

// An upper bound of ‖A Q − Q S‖₂, in Frobenius' norm. The leading parts cancel without rounding.
double residual(const SplitProduct& TQ, const MatrixXd& Q, const HankelEigen& eigen, const Grid& grid,
                double column, double norm) {
  const std::span<const double> d = eigen.diagonal(), e = eigen.subdiagonal();
  const Index n = Q.cols();
  double squares = 0;
  for (Index j = 0; j < n; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const SplitEntry middle(d[at]), left(j > 0 ? e[at - 1] : 0), right(j + 1 < n ? e[at] : 0);
    const double *before = &Q(0, j > 0 ? j - 1 : j), *here = &Q(0, j), *after = &Q(0, j + 1 < n ? j + 1 : j);
    // Of J T Q: backwards.
    const double *leading_of_TQ = &TQ.leading(n - 1, j), *rest_of_TQ = &TQ.rest(n - 1, j);
    double column_squares = 0;
    for (Index i = 0; i < n; ++i) {
      const double x = grid.nearest(before[i]), y = grid.nearest(here[i]), z = grid.nearest(after[i]);
      const double leading = ((leading_of_TQ[-i] - y * middle.high) - x * left.high) - z * right.high;
      const double rest =
          rest_of_TQ[-i] - (y * middle.low + x * left.low + z * right.low) -
          ((here[i] - y) * middle.whole + (before[i] - x) * left.whole + (after[i] - z) * right.whole);
      column_squares += (leading + rest) * (leading + rest);
    }
    squares += column_squares;
  }
  // At most 12 roundings of what `rest` is made of.
  const auto size = static_cast<double>(n);
  const double rests =
      TQ.size + 3 * std::sqrt(size) * column * std::ldexp(0.5, -high_bits) + 3 * norm * size * grid.half();
  return (std::sqrt(squares) * (1 + 2 * unit) + 16 * unit * rests + TQ.error) * outward + underflow;
}

// Enclosures of the eigenvalues of a tridiagonal matrix by Sturm counts.
class SturmEnclosures {
 public:
  explicit SturmEnclosures(const HankelEigen& eigen) {
    const std::span<const double> d = eigen.diagonal(),
                                  e = eigen.subdiagonal().first(eigen.diagonal().size() - 1);
    for (const double x : d) largest_ = std::max(largest_, std::fabs(x));
    for (const double x : e) largest_off_ = std::max(largest_off_, std::fabs(x));
    largest_ = std::max({largest_, largest_off_, std::numeric_limits<double>::min()});
    norm_ = (largest_ + 2 * largest_off_) * outward;
  }

  [[nodiscard]] double norm() const { return norm_; }

  // Widens an interval about each value until counts confirm it, then by the rounding of a count.
  void enclose(const HankelEigen& eigen, std::span<const double> values, EigenvalueEnclosures& result) const {
    // Of size 1: what underflows in a count is then far below the last place.
    int exponent = 0;
    (void)std::frexp(largest_, &exponent);
    const auto scaled = [&](std::span<const double> x) {
      std::vector<double> y(x.begin(), x.end());
      for (double& entry : y) entry = std::ldexp(entry, -exponent);
      return y;
    };
    const std::vector<double> d = scaled(eigen.diagonal()), e = scaled(eigen.subdiagonal()),
                              start = scaled(values);
    const SturmCount count(d, e);
    const double norm = std::ldexp(norm_, -exponent);
    const double rounding = (12 * unit * std::ldexp(largest_off_, -exponent) + underflow) * outward;
    for (std::size_t first = 0; first < start.size(); first += lanes) {
      const std::size_t used = std::min(lanes, start.size() - first);
      SturmCount::Shifts value = SturmCount::Shifts::Constant(start[first]),
                         rank = SturmCount::Shifts::Constant(static_cast<double>(first));
      for (std::size_t k = 0; k < used; ++k) {
        value[static_cast<Index>(k)] = start[first + k];
        rank[static_cast<Index>(k)] = static_cast<double>(first + k);
      }
      SturmCount::Shifts low = value, high = value;
      widen(count, rank, norm, low, high);
      for (std::size_t k = 0; k < used; ++k) {
        const auto at = static_cast<Index>(k);
        result.lower[first + k] = std::ldexp(low[at] - rounding, exponent) - underflow;
        result.upper[first + k] = std::ldexp(high[at] + rounding, exponent) + underflow;
      }
    }
  }

 private:
  static constexpr auto lanes = static_cast<std::size_t>(SturmCount::lanes);

  static void widen(const SturmCount& count, const SturmCount::Shifts& rank, double norm,
                    SturmCount::Shifts& low, SturmCount::Shifts& high) {
    // Values lie within ±4‖S‖: what is 16‖S‖ away needs no count.
    const SturmCount::Shifts middle = low;
    low -= 4 * unit * norm;
    high += 4 * unit * norm;
    for (double step = 8 * unit * norm;; step *= 2) {
      const bool last = step > 4 * norm;
      const auto below = (count.below(low) <= rank).eval(), above = (count.below(high) > rank).eval();
      if ((below && above).all()) return;
      const double reach = last ? 16 * norm : step;
      low = below.select(low, middle - reach);
      high = above.select(high, middle + reach);
      if (last) return;
    }
  }

  double largest_ = 0, largest_off_ = 0, norm_ = 0;
};

}  // namespace

EigenvalueEnclosures enclose_eigenvalues(std::span<const double> taps, const HankelEigen& eigen,
                                         std::span<const double> values) {
  EigenvalueEnclosures result;
  const MatrixXd Q = eigen.reduction();
  const double epsilon = result.orthogonality = orthogonality(Q);
  const SturmEnclosures sturm(eigen);
  result.lower.resize(taps.size());
  result.upper.resize(taps.size());
  if (epsilon < 0.5) {
    const double column = std::sqrt(1 + epsilon) * outward;  // bounds every column of Q
    const Grid grid(bits_of_basis(taps, column, sturm.norm()));
    result.residual = residual(split_product(taps, Q, grid, column), Q, eigen, grid, column, sturm.norm());
    result.distance =
        (result.residual / std::sqrt(1 - epsilon) + epsilon * epsilon / (2 * (1 - epsilon)) * sturm.norm()) *
        outward;
  } else {  // nothing is known of Q: ‖A‖₂ ≤ ‖w‖₁
    result.residual = std::numeric_limits<double>::infinity();
    result.distance = upper_sum(taps) + sturm.norm();
  }
  sturm.enclose(eigen, values, result);
  for (double& x : result.lower) x = (x - result.distance) - unit * std::fabs(x - result.distance) * 2;
  for (double& x : result.upper) x = (x + result.distance) + unit * std::fabs(x + result.distance) * 2;
  return result;
}

}  // namespace tmm::analysis
