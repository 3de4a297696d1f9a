// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "io/report/analysis_report.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::io {

/// What every output says of an operator that is not simply the stored weights: how its taps are derived and
/// within which error ("derived: softplus(weight_raw), taps within 1.3e-14", ‖·‖₁ rounded up), that the layer
/// divides its rows, or that it is a dense causal matrix. Empty for stored weights.
std::vector<std::string> operator_remarks(const model::LayerOperator& layer);

/// The remarks of a model for the table: each once, with how many operators it is about and, of derived taps,
/// the largest error.
std::vector<std::string> model_remarks(const ModelReport& model);

/// Whether the untrained operators of this model have about half of their zeros inside: those of most
/// families (Family::starts_half_inside), not explicit taps, of which nobody knows.
bool starts_half_inside(const AnalysisReport& report, const ModelReport& model);

}  // namespace tmm::io
