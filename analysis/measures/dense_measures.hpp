// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// What a dense causal matrix W (report.layer.matrix) has in the place of an index. winding_number,
/// fredholm_index, winding_fraction and index_margin are not defined: W has no symbol. Instead
/// toeplitz_distance ‖W − T‖_F to the nearest Toeplitz matrix T (model/toeplitz/nearest_toeplitz.hpp),
/// toeplitz_distance_relative, the same over ‖W‖_F, and nearest_toeplitz_winding_number, _fredholm_index and
/// _index_margin: of T, not of the layer. Then determinant Π W_tt and log_abs_det Σ ln|W_tt|.
void append_dense_index_measures(OperatorReport& report, const WindingOptions& options);

/// Appends report.spectrum and its measures: sigma_max, sigma_min, condition with log10, effective_index and
/// numerical_rank, stable_rank ‖W‖_F²/σ_max², effective_rank.
void append_dense_spectrum_measures(OperatorReport& report, std::span<const double> thresholds,
                                    std::span<const double> absolute = {});

}  // namespace tmm::analysis
