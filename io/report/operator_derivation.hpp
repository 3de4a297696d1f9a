// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "io/json/json_cursor.hpp"
#include "io/json/json_text.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::io {

/// What JSON says of an operator that is not simply the stored weights: kind and matrix of a dense one,
/// derivation, tap_error_l1 and network_taps of derived taps, row_divisor, remarks. Nothing of any other.
/// arrays: false writes null for each of them. depth: of the operator's members.
void append_derivation(JsonMembers& members, const model::LayerOperator& layer, bool arrays, int depth);

/// Reads it back into `layer`, an operator of n rows. Throws FormatError where sizes do not fit.
void read_derivation(const JsonCursor& at, std::size_t n, model::LayerOperator& layer);

}  // namespace tmm::io
