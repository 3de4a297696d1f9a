// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::model {

/// `text` as one harmless piece of a line: control characters (C0, DEL, and C1 in UTF-8) become \n, \t or
/// \xNN. Names inside files are data; nothing of them may move a terminal's cursor or fake a line.
std::string printable(std::string_view text);

}  // namespace tmm::model
