// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/report/analysis_report.hpp"
#include "io/report/comparison_report.hpp"

namespace tmm::io {

/// The report as one self-contained page with a card of every operator: no network, no other file. For very
/// many operators see io/report/volume/report_page.hpp. Its numbers are those of report_json,
/// its data stand in <script type="application/json"> elements. Throws ArgumentError where this program was
/// built without the chart library.
std::string report_html(const AnalysisReport& report);

/// The same for a comparison: statistics, distributions, layers, trajectories.
std::string comparison_html(const ComparisonReport& report);

/// A page of any of the page's sections: `data` are (element id, JSON text), see io/report/page/sections/.
std::string page_html(const std::vector<std::pair<std::string, std::string>>& data);

/// Throws ArgumentError unless the chart library was there when this program was built.
void require_page();

}  // namespace tmm::io
