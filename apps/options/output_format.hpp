// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tmm::apps {

/// The format of a result: `format` (of --format) if it is given; else what the name of `output` ends in,
/// .json, .csv, .html or .txt (a table); `otherwise` where it ends in nothing, and a table without `output`.
/// Throws CLI::ValidationError, a usage error, for any other ending.
/// for_papers: .tex (latex) and .md (markdown) are formats too.
std::string output_format(const std::string& format, const std::string& output, const std::string& otherwise,
                          bool for_papers = false);

/// Check of an option that names a file to write: not empty, as of a shell variable that is not set.
std::string check_file_name(const std::string& name);

}  // namespace tmm::apps
