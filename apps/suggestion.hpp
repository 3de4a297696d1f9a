// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>

namespace tmm::apps {

/// How many insertions, deletions, replacements and exchanges of neighbours lead from one word to another
/// (optimal string alignment; Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `known` that is nearest to `word` and near enough to be meant; empty if none is.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

/// "Did you mean …?" for the first argument that is no command, or no option of the command before it; empty
/// if there is nothing like it.
std::string suggestion(const CLI::App& app, std::span<const char* const> arguments);

}  // namespace tmm::apps
