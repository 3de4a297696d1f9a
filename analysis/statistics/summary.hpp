// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// What is said of one operator.
enum class Verdict { invertible, nearly, not_invertible, not_fredholm, undecided, dense };

/// "invertible", "nearly invertible", "not invertible", "not Fredholm", "undecided", "dense".
std::string_view name(Verdict verdict);

/// By its winding number, and ModelSummary::nearly_below.
Verdict verdict(const OperatorReport& report);

/// One model in a line: how far its operators have moved toward invertible (N = 0).
struct ModelSummary {
  /// Operators with 0 < N/(n−1) below this count as nearly invertible. Untrained weights give about ½.
  static constexpr double nearly_below = 0.1;

  std::size_t operators = 0;
  std::size_t invertible = 0;  ///< N = 0: T(a) has a bounded inverse
  std::size_t nearly = 0;
  std::size_t not_invertible = 0;
  std::size_t not_fredholm = 0;
  std::size_t undecided = 0;
  std::size_t dense = 0;  ///< dense causal matrices, which have no index
};

ModelSummary summarize(std::span<const OperatorReport> operators);

/// Median of a measure over the operators that have it as a number (certified or numerical); the mean of the
/// middle two for an even count. Its error is that of the median if every value lies within its own. Empty if
/// none has.
struct Median {
  double value = 0;
  double error = 0;
};
std::optional<Median> median(std::span<const OperatorReport> operators, std::string_view id);

/// Whether some result of `report` is undecided: its index, or any measure.
bool has_undecided(const OperatorReport& report);

}  // namespace tmm::analysis
