// SPDX-License-Identifier: MIT
#include "analysis/measures/measure_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using enum MeasurePart;

/// Names, and beginnings of names that end in '_'.
constexpr std::array<std::pair<std::string_view, MeasurePart>, 40> table{{
    {"winding_number", index},
    {"fredholm_index", index},
    {"winding_fraction", index},
    {"index_margin", index},
    {"winding_number_rounded_taps", index},
    {"published_winding", index},
    {"symbol_max", symbol_maximum},
    {"index_margin_relative", symbol_maximum},
    {"index_radius", index_radius},
    {"stable_under_float16", float16},
    {"winding_number_float16", float16},
    {"stable_under_bfloat16", bfloat16},
    {"winding_number_bfloat16", bfloat16},
    {"stable_under_network_rounding", network_rounding},
    {"winding_number_network_rounding", network_rounding},
    {"jensen_defect", zeros},
    {"smallest_zero", zeros},
    {"predicted_index_", zeros},
    {"distance_to_other_index", plane_distances},
    {"distance_to_index_zero", plane_distances},
    {"log10_kreiss_powers", kreiss},
    {"log10_kreiss_residual_powers", kreiss},
    {"sigma_max", spectrum},
    {"sigma_min", spectrum},
    {"condition", spectrum},
    {"log10_sigma_max", spectrum},
    {"log10_sigma_min", spectrum},
    {"log10_condition", spectrum},
    {"log10_sigma_min_rounded_taps", spectrum},
    {"effective_index_", spectrum},
    {"numerical_rank_", spectrum},
    {"stable_rank", spectrum},
    {"effective_rank", spectrum},
    {"log_abs_det_per_row", spectrum},
    {"avram_parter_distance", spectrum},
    {"circulant_sigma_min", spectrum},
    {"log10_circulant_condition", spectrum},
    {"nearest_toeplitz_", nearest_toeplitz},
    {"toeplitz_distance", nearest_toeplitz},
    {"toeplitz_distance_relative", nearest_toeplitz},
}};

/// Without the ending of a measure that no double holds.
std::string_view stem(std::string_view measure) {
  for (const std::string_view ending : {"_mantissa", "_exponent10"})
    if (measure.ends_with(ending)) measure.remove_suffix(ending.size());
  return measure;
}

}  // namespace

std::optional<MeasurePart> part_of(std::string_view measure) {
  measure = stem(measure);
  for (const auto& [name, part] : table)
    if (name.ends_with('_') ? measure.starts_with(name) && measure != name : measure == name) return part;
  if (measure == "determinant" || measure == "log_abs_det") return determinant;
  if (measure.starts_with("row_divided_") || measure.starts_with("log10_row_divided_")) return row_divided;
  return std::nullopt;
}

WantedMeasures::WantedMeasures(std::span<const std::string> names) : names_(names) {
  for (const std::string& name : names) {
    const auto part = part_of(name);
    if (!part)
      throw ArgumentError(
          "no operator has such a measure",
          {"", "--measures", "names of measures, such as winding_number (docs/measures.md)", name, ""});
    parts_.push_back(*part);
  }
}

bool WantedMeasures::part(MeasurePart part) const {
  return names_.empty() || named(part);
}

bool WantedMeasures::named(MeasurePart part) const {
  return std::ranges::find(parts_, part) != parts_.end();
}

void WantedMeasures::select(std::vector<NamedMeasure>& measures) const {
  if (names_.empty()) return;
  std::erase_if(measures, [&](const NamedMeasure& measure) {
    return std::ranges::none_of(
        names_, [&](const std::string& name) { return name == measure.id || name == stem(measure.id); });
  });
}

}  // namespace tmm::analysis
