// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/report/repair_report.hpp"

namespace tmm::io {

/// What `tmm repair` has done as one page that needs no network: the document of repair_json, its numbers as
/// the terminal prints them. Throws as page_html of io/report/report_html.hpp does.
std::string repair_html(const RepairReport& report, const std::string& program_version);

}  // namespace tmm::io
