// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

/// What manual pages and completion ask of the tree of commands and options behind --help.
namespace tmm::apps {

/// "-o", "--output"; of a positional argument nothing.
std::vector<std::string> option_names(const CLI::Option& option);

/// Does a value follow it, or is it a flag?
bool takes_value(const CLI::Option& option);

/// The words that CLI::IsMember allows; empty where other values are possible.
std::vector<std::string> allowed_words(const CLI::Option& option);

/// Is its value the name of a file or folder? --help says so: FILE, FILE.html, FOLDER. All positional
/// arguments are such names.
bool names_file(const CLI::Option& option);

/// The groups of its options, in the order of --help.
std::vector<std::string> option_groups(const CLI::App& command);

/// Options of a group, or of all groups that are shown; positional arguments.
std::vector<const CLI::Option*> options_of(const CLI::App& command, const std::string& group);
std::vector<const CLI::Option*> options_of(const CLI::App& command);
std::vector<const CLI::Option*> positionals_of(const CLI::App& command);

/// The commands of tmm, in the order of --help.
std::vector<const CLI::App*> commands_of(const CLI::App& app);

}  // namespace tmm::apps
