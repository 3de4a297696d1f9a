// SPDX-License-Identifier: MIT
#include "analysis/spectrum/sturm_count.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double smallest_pivot = 1e-280;  // squares of entries divided by it stay in range

/// Sturm sequences of several shifts side by side, their changes of sign and least sizes so far.
struct alignas(64) Sequence {
  template <class T>
  using Lanes = std::array<T, static_cast<std::size_t>(SturmCount::lanes)>;
  Lanes<double> shift{}, before{}, p{}, least{};
  Lanes<std::uint64_t> changes{};
};

/// Scales the sequences to size 1 and goes on by `count` rows. The clones only widen the vectors.
TMM_CLONES("avx512f", "avx2", "default")
void advance(const double* diagonal, const double* squares, std::size_t count, Sequence& s) {
  constexpr auto lanes = static_cast<std::size_t>(SturmCount::lanes);
  double *shift = s.shift.data(), *before = s.before.data(), *p = s.p.data(), *least = s.least.data();
  std::uint64_t* changes = s.changes.data();
  TMM_INDEPENDENT
  for (std::size_t l = 0; l < lanes; ++l) {
    const double size = std::max(std::fabs(p[l]), std::fabs(before[l]));
    least[l] = std::min(least[l], size);
    p[l] /= size;
    before[l] /= size;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double entry = diagonal[i], square = squares[i];
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      const double next = (entry - shift[l]) * p[l] - square * before[l];
      changes[l] += (std::bit_cast<std::uint64_t>(next) ^ std::bit_cast<std::uint64_t>(p[l])) >> 63U;
      before[l] = p[l];
      p[l] = next;
    }
  }
}

}  // namespace

SturmCount::SturmCount(std::span<const double> diagonal, std::span<const double> subdiagonal)
    : diagonal_(diagonal.begin(), diagonal.end()), squares_(diagonal.size()) {
  double row = 0;  // |e_{i−1}|
  for (std::size_t i = 0; i < diagonal_.size(); ++i) {
    const double next = i + 1 < diagonal_.size() ? std::fabs(subdiagonal[i]) : 0;
    squares_[i] = row * row;
    largest_ = std::max(largest_, std::fabs(diagonal_[i]) + row + next);
    row = next;
  }
}

SturmCount::Shifts SturmCount::below(const Shifts& x) const {
  // p_i = q_i p_{i−1}: the same recurrence without its division, and the same bound of its rounding, since
  // the p that are computed define the q. A negative q is a change of sign; a p of 0 makes one, whatever sign
  // it gets, unless the next entry beside it is 0, too: then all that follow are.
  constexpr std::size_t steps = 8;  // in which p neither overflows nor, in practice, vanishes
  Sequence s;
  for (std::size_t l = 0; l < lanes; ++l) s.shift[l] = x[static_cast<Eigen::Index>(l)];
  s.before.fill(1);
  s.p.fill(1);
  s.least.fill(1);
  for (std::size_t first = 0; first < diagonal_.size(); first += steps)
    advance(&diagonal_[first], &squares_[first], std::min(steps, diagonal_.size() - first), s);
  double least = 1;
  for (std::size_t l = 0; l < lanes; ++l)
    least = std::min({least, s.least[l], std::max(std::fabs(s.p[l]), std::fabs(s.before[l]))});
  if (!(least > 1e-250)) return below_by_division(x);
  Shifts count;
  for (std::size_t l = 0; l < lanes; ++l)
    count[static_cast<Eigen::Index>(l)] = static_cast<double>(s.changes[l]);
  return count;
}

SturmCount::Shifts SturmCount::below_by_division(const Shifts& x) const {
  Shifts q = Shifts::Ones(), count = Shifts::Zero();
  for (std::size_t i = 0; i < diagonal_.size(); ++i) {
    q = (diagonal_[i] - x) - squares_[i] / q;
    q = (q.abs() < smallest_pivot).select(-smallest_pivot, q);
    count += (q < 0).select(Shifts::Ones(), Shifts::Zero());
  }
  return count;
}

SturmCount::Shifts SturmCount::bisect(const Shifts& values, const Shifts& rank, double tolerance) const {
  // The bracket has below(low) ≤ rank < below(high). Shifts stay near the spectrum, where doubles are dense
  // enough for the loop below to end.
  const Shifts start = values.max(-largest_).min(largest_);
  Shifts low = start - tolerance, high = start + tolerance;
  for (double step = tolerance; step < 4 * largest_; step *= 2) {
    const auto too_high = (below(low) > rank).eval(), too_low = (below(high) <= rank).eval();
    if (!too_high.any() && !too_low.any()) break;
    low = too_high.select(low - step, low);
    high = too_low.select(high + step, high);
  }
  while ((high - low).maxCoeff() > 2 * epsilon * largest_) {
    const Shifts middle = (low + high) / 2;
    const auto above = (below(middle) <= rank).eval();
    low = above.select(middle, low);
    high = above.select(high, middle);
  }
  return (low + high) / 2;
}

void SturmCount::confirm(std::vector<double>& values, double tolerance) const {
  bool moved = false;
  for (std::size_t first = 0; first < values.size(); first += lanes) {
    const std::size_t count = std::min<std::size_t>(lanes, values.size() - first);
    Shifts shifts = Shifts::Constant(values[first]), rank = Shifts::Constant(static_cast<double>(first));
    for (std::size_t k = 0; k < count; ++k) {
      shifts[static_cast<Eigen::Index>(k)] = values[first + k];
      rank[static_cast<Eigen::Index>(k)] = static_cast<double>(first + k);
    }
    const auto confirmed = (below(shifts - tolerance) <= rank && below(shifts + tolerance) > rank).eval();
    if (confirmed.all()) continue;
    const Shifts found = bisect(shifts, rank, tolerance);
    for (std::size_t k = 0; k < count; ++k)
      if (!confirmed[static_cast<Eigen::Index>(k)])
        values[first + k] = found[static_cast<Eigen::Index>(k)], moved = true;
  }
  if (moved) std::ranges::sort(values);
}

}  // namespace tmm::analysis
