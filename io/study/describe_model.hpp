// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// Fills in what is known of the model of a run before its operators are looked at: file, hash, size,
/// architecture. Says whether it has operators to analyse: attention has none. Throws as read_header and
/// recognize do.
bool describe_model(const std::string& file, ModelReport& report);

}  // namespace tmm::io
