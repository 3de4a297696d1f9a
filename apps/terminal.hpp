// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace tmm::apps {

/// Columns for tables: what COLUMNS says, else those of the terminal that standard output is, else 80; at
/// least 60.
int output_width();

/// Adds --progress and --no-progress; `wanted` stays empty where neither is given.
void add_progress_flag(CLI::App* command, std::optional<bool>& wanted);

/// Whether bars are drawn: as asked, else where standard error is a terminal.
bool progress_wanted(const std::optional<bool>& wanted, bool quiet);

}  // namespace tmm::apps
