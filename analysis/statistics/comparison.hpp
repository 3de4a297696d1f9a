// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/measures/report.hpp"
#include "analysis/statistics/rank_statistics.hpp"

namespace tmm::analysis {

/// The operators of one model, as one member of a group.
struct ComparedModel {
  std::string label;
  std::span<const OperatorReport> operators;
};

struct ComparisonOptions {
  std::size_t resamples = 2000;  ///< of the bootstrap
  double confidence = 0.95;      ///< of its intervals
  std::uint64_t seed = 1;
  /// The measures whose p-values are adjusted for each other; empty: all. Copies of one another (N, −N,
  /// N/(n−1), ranks that are n − index) would make the adjustment as large as they are many.
  std::vector<std::string> adjusted{};
};

/// Order statistics of a sample. Quartiles interpolate linearly between neighbours (Hyndman and Fan 1996, 7).
struct Distribution {
  std::size_t count = 0;
  double minimum = 0, lower_quartile = 0, median = 0, upper_quartile = 0, maximum = 0;

  /// Throws ArgumentError for an empty sample.
  static Distribution of(std::vector<double> values);
};

/// One measure over the operators of one group.
struct GroupSample {
  std::vector<double> values;      ///< of the operators in which it is a number
  std::vector<std::size_t> model;  ///< which model of the group each value is from
  std::vector<std::string> layer;  ///< label of its operator
  std::vector<double> error;       ///< of each value
  std::size_t not_numbers = 0;     ///< operators where it is a bound, undecided or not defined
  Distribution distribution;
  double median_error = 0;  ///< of the median, if every value lies within its error
};

/// One place in the network, in both groups.
struct LayerComparison {
  std::string layer;
  std::optional<Distribution> a, b;
};

/// δ with a bootstrap percentile interval (Efron and Tibshirani 1993, chapter 13). Where both groups have
/// several models, models are drawn first and then operators of each (two-stage bootstrap, Davison and
/// Hinkley 1997, section 3.8), since operators of one model are not independent.
struct EffectSize {
  double delta = 0, lower = 0, upper = 0;
  bool two_stage = false;
};

struct MeasureComparison {
  std::string id;
  GroupSample a, b;
  MannWhitney by_operator;      ///< every operator an independent draw
  double adjusted_p_value = 1;  ///< by_operator's (Holm 1979); NaN outside ComparisonOptions::adjusted
  std::optional<MannWhitney> by_model;  ///< on the medians of the models; where both groups have two or more
  EffectSize effect;
  std::size_t unresolved_pairs = 0;     ///< pairs (a, b) whose order lies within their errors
  std::vector<LayerComparison> layers;  ///< in the order of first appearance
};

/// A measure that some operators have only as mantissa and exponent, or as its logarithm.
struct BeyondDouble {
  std::string id;
  std::size_t operators = 0;
};

/// Two groups of models, measure by measure. `warnings` say what the numbers do not allow to conclude.
struct Comparison {
  ComparisonOptions options;
  std::vector<MeasureComparison> measures;  ///< with a number in both groups; in reporting order
  std::vector<BeyondDouble> not_compared;   ///< their smallest or largest values would be missing
  std::vector<std::string> warnings;
};

/// Compares groups a and b over the measures named in `ids` (all if empty). Numbers are measures with status
/// certified or numerical, ±∞ included. A measure that some operator has only beyond the range of double is
/// in `not_compared` instead. Throws ArgumentError if a group has no operator, or if none of the
/// measures is a number in both.
Comparison compare(std::span<const ComparedModel> a, std::span<const ComparedModel> b,
                   std::span<const std::string> ids = {}, const ComparisonOptions& options = {});

}  // namespace tmm::analysis
