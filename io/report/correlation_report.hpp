// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/measures/report.hpp"
#include "analysis/statistics/spearman.hpp"

namespace tmm::io {

/// The measures that are set against what models can do, each by its median over the operators of a model.
inline constexpr std::array<std::string_view, 3> correlated_measures{"winding_fraction", "jensen_defect",
                                                                     "effective_index_float32"};

/// A model with one number for each of its measures and for each task that it was evaluated on.
struct CorrelatedModel {
  std::string name, group;
  std::array<double, correlated_measures.size()> measures{};  ///< NaN: no operator has it as a number
  std::map<std::string, double> outcomes;                     ///< "copy accuracy", …
};

/// One measure against one outcome, over the models that have both.
struct CorrelationRow {
  std::size_t measure = 0;  ///< of correlated_measures
  std::string outcome;
  std::size_t count = 0;                          ///< models with both
  std::optional<analysis::Spearman> correlation;  ///< none: too few models, or no differences between them
  double adjusted_p_value = 0;                    ///< Holm, over all rows; NaN without a correlation
};

struct CorrelationReport {
  std::vector<CorrelatedModel> models;
  std::vector<CorrelationRow> rows;  ///< by outcome, then measure
};

/// Medians of the correlated measures over these operators.
std::array<double, correlated_measures.size()> medians(
    const std::vector<analysis::OperatorReport>& operators);

/// Every measure against every outcome that two or more of the models have. No rows: there is nothing to say.
CorrelationReport correlate(std::vector<CorrelatedModel> models);

/// For people, of at most `width` columns.
std::string correlation_table(const CorrelationReport& report, std::size_t width);

/// {"measures", "models": [{"name", "group", "measures": [...], "outcomes": {...}}], "correlations": [{
/// "measure", "outcome", "count", "rho", "p_value", "method", "lower", "upper", "adjusted_p_value"}]}.
std::string correlation_json(const CorrelationReport& report, int depth);

}  // namespace tmm::io
