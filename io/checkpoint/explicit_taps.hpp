// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "io/checkpoint/tensor_source.hpp"
#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/explicit_taps.hpp"

namespace tmm::io {

/// The operators that a request for explicit taps finds in a file, and what every output says of them.
struct ExplicitTaps {
  std::vector<model::LayerOperator> operators;
  std::string description;           ///< one line, as architecture_line: which arrays, how made
  std::vector<std::string> remarks;  ///< where the operators come from; arrays that match and hold no taps
};

/// Reads the arrays alone, whatever network they are part of. Throws as model::choose_taps and
/// model::explicit_operators do, and as reading does.
ExplicitTaps read_explicit_taps(const TensorSource& source, const model::TapsRequest& request,
                                model::Contradictions contradictions = model::Contradictions::refuse);

}  // namespace tmm::io
