// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

/// Scripts by which a shell completes what is typed after tmm: commands, their options, the values of options
/// that have a set of them, files where a file is meant. Made from the tree behind --help.
namespace tmm::apps {

/// For bash 4 and later. Source: bash(1), "Programmable Completion".
std::string bash_completion(const CLI::App& app);

/// For zsh 5, a function _tmm to be found on fpath. Source: zshcompsys(1), _arguments.
std::string zsh_completion(const CLI::App& app);

}  // namespace tmm::apps
