// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

namespace tmm::apps {

/// What is installed beside the program and made by it from the tree behind --help: `tmm --man [COMMAND]` is
/// a manual page, `tmm --completion bash|zsh` a shell's script. Nothing for any other arguments (the first is
/// tmm itself).
std::optional<std::string> documentation(const CLI::App& app, std::span<const char* const> arguments);

}  // namespace tmm::apps
