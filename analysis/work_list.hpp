// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace tmm::analysis {

/// Operators that are to be analysed, dealt out one by one to whoever is free. What costs most comes first
/// among those that may, so that all are busy to the end (Graham's longest processing time rule, SIAM J.
/// Appl. Math. 17, 1969).
class WorkList {
 public:
  /// `costs`: of operators 0, 1, … in any unit; those of cost 0 are not to be done.
  explicit WorkList(std::vector<double> costs);

  /// The dearest of the first `lookahead` that are not begun; with `in_order` the first. Nothing when all
  /// are.
  std::optional<std::size_t> take(bool in_order);
  /// Only operators before i are dealt out from now on.
  void end_before(std::size_t i);
  /// Whether all that are dealt out have begun.
  [[nodiscard]] bool ended() const { return first_ >= end_; }
  /// The first that is not begun; as many as there are when all are.
  [[nodiscard]] std::size_t first() const { return first_; }

  static constexpr std::size_t lookahead = 1024;

 private:
  std::vector<double> costs_;  // 0 of those that have begun
  std::size_t first_ = 0, end_;
};

/// About what an operator of n taps costs, relative to others: the spectrum's n³, and what is there besides.
double analysis_cost(std::size_t n);

}  // namespace tmm::analysis
