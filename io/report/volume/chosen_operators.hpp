// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// Leaves those operators of a report that model::LayerSelection `layers` chooses, as if only they had been
/// analysed: models without any go, and so do indices of whole layers, which a selection may cut in two.
/// Throws FormatError naming `source` and the item of the list that matches nothing in any model.
void choose_operators(AnalysisReport& report, const std::string& layers, const std::string& source);

}  // namespace tmm::io
