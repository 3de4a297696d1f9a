// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// `text` as one word of a POSIX shell: in single quotes unless nothing in it has a meaning there.
std::string shell_word(std::string_view text);

/// "tmm analyze FILE OPTIONS …", which repeats the analysis of this model; what follows may be --layers and
/// -o. `further`: options that a report does not hold ("--copy ema"), as they stand on a command line.
std::string analysis_command(const AnalysisReport& report, const ModelReport& model,
                             const std::string& further = {});

}  // namespace tmm::io
