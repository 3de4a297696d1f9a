// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/json/json_cursor.hpp"
#include "model/checkpoint/explicit_taps.hpp"

namespace tmm::io {

/// How explicit taps were made, as options.taps of the JSON report, and back. The reader throws FormatError
/// naming the member.
std::string taps_json(const model::TapsRequest& taps);
model::TapsRequest read_taps(const JsonCursor& at);

}  // namespace tmm::io
