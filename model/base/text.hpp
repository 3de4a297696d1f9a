// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::model {

/// `text` as one harmless piece of a line in UTF-8: control characters (C0, DEL, C1) and bytes that are not
/// UTF-8 become \n, \t or \xNN. Names inside files are data; nothing of them may move a terminal's cursor or
/// fake a line.
std::string printable(std::string_view text);

}  // namespace tmm::model
