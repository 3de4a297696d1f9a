// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "io/json/json_cursor.hpp"

namespace tmm::io {

/// A list of strings.
std::vector<std::string> read_texts(const JsonCursor& at);

/// A measure with its status. Throws FormatError naming the member, as all of these do.
analysis::Measure read_measure(const JsonCursor& at);

/// One operator of a saved analysis (models[i].operators[j]).
analysis::OperatorReport read_operator(const JsonCursor& at);

}  // namespace tmm::io
