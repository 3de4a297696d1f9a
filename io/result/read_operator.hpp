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

/// Arrays of an operator that stand elsewhere (operator_datasets.hpp), null in its JSON.
struct StoredArrays {
  std::vector<analysis::SingularValue> spectrum, divided;
  std::vector<analysis::Zero> zeros;
  analysis::Plane plane;
};

/// One operator of a saved analysis (models[i].operators[j]); `stored`: what is null in it; `layer`: what it
/// is of, where that is known, instead of what it says.
analysis::OperatorReport read_operator(const JsonCursor& at, const StoredArrays* stored = nullptr,
                                       const model::LayerOperator* layer = nullptr);

}  // namespace tmm::io
