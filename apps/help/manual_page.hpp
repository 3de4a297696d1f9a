// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace tmm::apps {

/// Text as troff takes it for itself: no letter is a request or an escape, minus signs stay minus signs, and
/// what is not ASCII is named by its code point (input is UTF-8).
std::string troff_text(std::string_view text);

/// Page of section 1 for tmm (`command` is `app`) or one of its commands, in the language of troff's man
/// macros. All of its words are those of --help. Source: groff_man(7); man-pages(7) for the order of
/// sections.
std::string manual_page(const CLI::App& app, const CLI::App& command, const std::string& version);

}  // namespace tmm::apps
