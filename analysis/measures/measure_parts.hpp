// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// What is computed together: a measure costs as much as its part. The index is always there.
enum class MeasurePart {
  index,             ///< winding_number, fredholm_index, winding_fraction, index_margin
  symbol_maximum,    ///< symbol_max, index_margin_relative
  index_radius,      ///< index_radius
  float16,           ///< stable_under_float16, winding_number_float16
  bfloat16,          ///< stable_under_bfloat16, winding_number_bfloat16
  network_rounding,  ///< stable_under_network_rounding, winding_number_network_rounding
  zeros,             ///< jensen_defect, smallest_zero, predicted_index_T
  plane_distances,   ///< distance_to_other_index, distance_to_index_zero
  kreiss,            ///< log10_kreiss_powers, log10_kreiss_residual_powers
  spectrum,          ///< all of singular values, and log_abs_det_per_row
  row_divided,       ///< row_divided_…
  nearest_toeplitz,  ///< of dense matrices: toeplitz_distance, nearest_toeplitz_…
  determinant        ///< of dense matrices: determinant, log_abs_det
};

/// The part that a measure belongs to, also of NAME_mantissa and NAME_exponent10; empty if no operator has
/// such a measure.
std::optional<MeasurePart> part_of(std::string_view measure);

/// The measures that were asked for; all, if none is named.
class WantedMeasures {
 public:
  /// Throws ArgumentError for a name that is no measure of any operator.
  explicit WantedMeasures(std::span<const std::string> names);

  [[nodiscard]] bool part(MeasurePart part) const;
  /// Whether some measure of this part was asked for by its name.
  [[nodiscard]] bool named(MeasurePart part) const;
  /// Leaves out what was not asked for.
  void select(std::vector<NamedMeasure>& measures) const;

 private:
  std::span<const std::string> names_;
  std::vector<MeasurePart> parts_;
};

}  // namespace tmm::analysis
