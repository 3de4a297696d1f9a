// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "analysis/measures/report.hpp"
#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// {"value": …, "status": …, "error": …, "method": …} on one line. A bound is never under "value".
std::string measure_json(const analysis::Measure& measure);

std::string strings_json(const std::vector<std::string>& texts, int depth);

/// One of the operators of report_json, indented by `depth` levels.
std::string operator_json(const analysis::OperatorReport& report, ReportArrays arrays, int depth);

}  // namespace tmm::io
