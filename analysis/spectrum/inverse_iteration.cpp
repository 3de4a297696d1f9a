// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_iteration.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "analysis/spectrum/column_lanes.hpp"
#include "analysis/spectrum/dense_product.hpp"
#include "model/base/vector_clones.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t lanes = 16;
using Lanes = std::array<double, lanes>;

/// A row of T − λ = P L U for every lane: the pivot's inverse, the two entries of U beside it, the
/// multiplier, and whether the row was exchanged with the next one (1 or 0).
struct alignas(64) FactorRow {
  Lanes inverse, second, third, multiplier, exchanged;
};

/// What elimination has made of the row at hand: its diagonal entry and the one beside it.
struct alignas(64) Front {
  Lanes shift, entry, beside;
};

/// Row i, with the diagonal entry of the next row, the subdiagonal entry between both and that after it. A
/// pivot below `least` becomes that: T is changed by a rounding error. The clones only widen the vectors.
TMM_CLONES("avx512f", "avx2", "default")
void eliminate(double diagonal, double between, double after, double least, Front& front, FactorRow& row) {
  double *a = front.entry.data(), *b = front.beside.data(), *shift = front.shift.data();
  double *inverse = row.inverse.data(), *second = row.second.data(), *third = row.third.data();
  double *multiplier = row.multiplier.data(), *exchanged = row.exchanged.data();
  TMM_INDEPENDENT
  for (std::size_t l = 0; l < lanes; ++l) {
    const double next = diagonal - shift[l];
    const bool exchange = std::fabs(between) > std::fabs(a[l]);
    const double pivot = exchange ? between : a[l], other = exchange ? a[l] : between;
    const double size = std::max(std::fabs(pivot), least);
    const double inverted = 1 / std::copysign(size, pivot), m = other * inverted;
    const double u2 = exchange ? next : b[l], u3 = exchange ? after : 0.0;
    const double l2 = exchange ? b[l] : next, l3 = exchange ? 0.0 : after;
    inverse[l] = inverted;
    second[l] = u2;
    third[l] = u3;
    multiplier[l] = m;
    exchanged[l] = exchange ? 1.0 : 0.0;
    a[l] = l2 - m * u2;
    b[l] = l3 - m * u3;
  }
}

/// x ← L⁻¹ P x, rows of lanes.
TMM_CLONES("avx512f", "avx2", "default")
void forward(const FactorRow* rows, std::size_t n, double* x) {
  for (std::size_t i = 0; i + 1 < n; ++i) {
    double *here = x + i * lanes, *next = here + lanes;
    const double *multiplier = rows[i].multiplier.data(), *exchanged = rows[i].exchanged.data();
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      const double high = exchanged[l] > 0 ? next[l] : here[l], low = exchanged[l] > 0 ? here[l] : next[l];
      here[l] = high;
      next[l] = low - multiplier[l] * high;
    }
  }
}

/// Rows [first, last) of x ← U⁻¹ x, from below; two rows of zeros follow those of x.
TMM_CLONES("avx512f", "avx2", "default")
void backward(const FactorRow* rows, std::size_t first, std::size_t last, double* x) {
  for (std::size_t i = last; i-- > first;) {
    double *here = x + i * lanes, *one = here + lanes, *two = one + lanes;
    const double *inverse = rows[i].inverse.data(), *second = rows[i].second.data();
    const double* third = rows[i].third.data();
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l)
      here[l] = (here[l] - second[l] * one[l] - third[l] * two[l]) * inverse[l];
  }
}

/// Every lane to length 1; first by its largest entry, whose square may be out of range.
TMM_CLONES("avx512f", "avx2", "default")
void normalise(std::size_t n, double* x) {
  alignas(64) Lanes size{}, sum{};
  double *largest = size.data(), *squares = sum.data();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t l = 0; l < lanes; ++l) largest[l] = std::max(largest[l], std::fabs(x[i * lanes + l]));
  for (std::size_t l = 0; l < lanes; ++l) largest[l] = 1 / std::max(largest[l], 0x1p-1000);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t l = 0; l < lanes; ++l) {
      const double entry = x[i * lanes + l] *= largest[l];
      squares[l] += entry * entry;
    }
  for (std::size_t l = 0; l < lanes; ++l) squares[l] = squares[l] > 0 ? 1 / std::sqrt(squares[l]) : 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t l = 0; l < lanes; ++l) x[i * lanes + l] *= squares[l];
}

/// Sixteen shifted systems with T.
class Solver {
 public:
  Solver(std::span<const double> diagonal, std::span<const double> subdiagonal)
      : diagonal_(diagonal), subdiagonal_(subdiagonal), rows_(diagonal.size()) {
    double largest = 0;
    for (std::size_t i = 0; i < diagonal.size(); ++i)
      largest = std::max({largest, std::fabs(diagonal[i]), std::fabs(off(i))});
    least_ = std::max(std::numeric_limits<double>::epsilon() * largest, std::numeric_limits<double>::min());
  }

  void factorise(const Lanes& shifts) {
    Front front;
    for (std::size_t l = 0; l < lanes; ++l) {
      front.shift[l] = shifts[l];
      front.entry[l] = diagonal_[0] - shifts[l];
      front.beside[l] = off(0);
    }
    const std::size_t n = diagonal_.size();
    for (std::size_t i = 0; i < n; ++i)
      eliminate(i + 1 < n ? diagonal_[i + 1] : 0, off(i), off(i + 1), least_, front, rows_[i]);
  }

  /// x: n rows of right hand sides and two of zeros; `half`: they are taken for those of U.
  void solve(double* x, bool half) const {
    const std::size_t n = rows_.size();
    if (!half) forward(rows_.data(), n, x);
    // Each row can grow by ‖T‖/least_ = 2^52 and more: eight of them stay in range from 2^300 on.
    constexpr std::size_t steps = 8;
    for (std::size_t last = n; last > 0;) {
      const std::size_t first = last > steps ? last - steps : 0;
      backward(rows_.data(), first, last, x);
      last = first;
      for (std::size_t l = 0; l < lanes; ++l)
        if (!(std::max(std::fabs(x[first * lanes + l]), std::fabs(x[(first + 1) * lanes + l])) < 0x1p300))
          for (std::size_t i = 0; i < n; ++i) x[i * lanes + l] *= 0x1p-400;
    }
  }

 private:
  [[nodiscard]] double off(std::size_t i) const { return i + 1 < diagonal_.size() ? subdiagonal_[i] : 0; }

  std::span<const double> diagonal_, subdiagonal_;
  std::vector<FactorRow> rows_;
  double least_;
};

/// Numbers between −1 and 1 without a pattern, the same at every run.
class Noise {
 public:
  double operator()() {  // Steele, Lea & Flood, OOPSLA 2014
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<double>(static_cast<std::int64_t>(z ^ (z >> 31U))) * 0x1p-63;
  }

 private:
  std::uint64_t state_ = 1;
};

/// Each column of X ← (T − shift)⁻¹ times it, to length 1.
void solve_columns(Solver& solver, std::span<const double> shifts, bool half, Eigen::MatrixXd& X) {
  const auto n = static_cast<std::size_t>(X.rows());
  model::AlignedVector<double> x((n + 2) * lanes);
  for (std::size_t start = 0; start < shifts.size(); start += lanes) {
    const std::size_t count = std::min(lanes, shifts.size() - start);
    double* group = X.data() + start * n;
    Lanes shift{};  // idle lanes repeat the last shift, with nothing on the right
    for (std::size_t l = 0; l < lanes; ++l) shift[l] = shifts[start + std::min(l, count - 1)];
    std::ranges::fill(x, 0.0);
    visit_lanes<lanes>(group, n, count, x.data(), [](double entry, double& lane) { lane = entry; });
    solver.factorise(shift);
    solver.solve(x.data(), half);
    normalise(n, x.data());
    visit_lanes<lanes>(group, n, count, x.data(), [](double& entry, double lane) { entry = lane; });
  }
}

/// Makes the columns orthonormal within their span, up to ε·cond²; false if they are dependent in double
/// precision.
bool orthonormalise(Eigen::MatrixXd& columns) {
  const Eigen::LLT<Eigen::MatrixXd, Eigen::Upper> factor(transpose_times(columns, columns));
  const double least = factor.matrixLLT().diagonal().minCoeff();
  if (factor.info() != Eigen::Success || !(least > 1e-7)) return false;
  times_inverse_of_upper(columns, factor.matrixLLT());
  return true;
}

}  // namespace

std::optional<Eigen::MatrixXd> inverse_iteration(std::span<const double> diagonal,
                                                 std::span<const double> subdiagonal,
                                                 std::span<const double> shifts) {
  Eigen::MatrixXd X(static_cast<Eigen::Index>(diagonal.size()), static_cast<Eigen::Index>(shifts.size()));
  Noise noise;
  for (double& x : X.reshaped()) x = noise();
  Solver solver(diagonal, subdiagonal);
  for (const bool half : {true, false}) {
    solve_columns(solver, shifts, half, X);
    if (!orthonormalise(X)) return std::nullopt;
  }
  // Once more, now from a condition of 1: orthonormal to rounding.
  return orthonormalise(X) ? std::optional(std::move(X)) : std::nullopt;
}

}  // namespace tmm::analysis
