// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/base/measure.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/pseudospectra/plane.hpp"
#include "analysis/spectrum/extreme_spectrum.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "analysis/symbol/zeros.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::analysis {

/// One measure under its published name ("winding_number", "index_margin", …).
struct NamedMeasure {
  std::string id;
  Measure measure;
};

/// Every measure as the rule of reports wants it (Measure::settled).
void settle(std::vector<NamedMeasure>& measures);

/// The measures of a leading section T_m (analysis/sections.hpp).
struct Section {
  std::size_t length = 0;  ///< m
  std::vector<NamedMeasure> measures;
};

/// Where a measure stands among freshly initialised layers (analysis/statistics/null_model.hpp).
struct NullComparison {
  std::string id;
  std::size_t draws = 0;  ///< draws in which the measure is a number
  double mean = 0;
  double deviation = 0;           ///< sample standard deviation, n − 1 in the denominator
  std::optional<double> z_score;  ///< (value − mean)/deviation; empty if all draws are equal, or overflow
  double rank = 0;                ///< share of draws below the value, ties counted half: 0 … 1
};

/// Everything known of one operator. `measures` is the one flat table that every writer prints and every
/// statistic runs over; the members before it hold what does not fit a single number.
struct OperatorReport {
  model::LayerOperator layer;  ///< identity and taps
  Winding winding;             ///< of the real numbers that derived taps mean
  std::optional<ExtremeSpectrum>
      extremes;                        ///< instead of the spectrum, where it is too large or was asked for
  std::optional<Spectrum> spectrum;    ///< empty if not asked for, or too large
  std::optional<Spectrum> divided;     ///< of diag(1/c)·T, where the layer divides its rows
  std::optional<Zeros> zeros;          ///< of the symbol; empty if not asked for and too many
  std::optional<Plane> plane;          ///< of λ, if asked for
  std::vector<NamedMeasure> measures;  ///< in reporting order
  std::vector<Section> sections;       ///< if asked for
  std::vector<NullComparison> null;    ///< if asked for
  std::vector<std::string> warnings;   ///< failed cross-checks and the like; empty when all is well

  /// nullptr if there is no such measure.
  [[nodiscard]] const Measure* find(std::string_view id) const;
};

}  // namespace tmm::analysis
