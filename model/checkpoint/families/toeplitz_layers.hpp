// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/layer_operator.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// Names of the tensors that hold operators, in natural order: mixer blocks, encoder, decoder; block 2 before
/// block 10; then head; then T1 before T2. Looks at names only; empty where no family knows them.
std::vector<std::string> toeplitz_weight_names(std::span<const TensorInfo> tensors);

/// Every operator over time of a checkpoint, in the order of toeplitz_weight_names, the rows of a kernel or
/// of parallel heads one after the other ("NAME[row]"): as the family of the network makes them of its
/// tensors. Throws FormatError as recognize() does, for a NaN or infinite weight (file, tensor, index), and,
/// unless the caller assumes the opposite, where tensors or values say that a weight is not the operator that
/// is applied.
std::vector<LayerOperator> layer_operators(const StateDict& state, const Assumptions& assumptions = {});

/// Those of them that are Toeplitz operators. Throws FormatError as well where none is.
std::vector<LayerOperator> toeplitz_layers(const StateDict& state, const Assumptions& assumptions = {});

/// What the tensors and values of `state` say against that. Throws FormatError as recognize() does.
std::vector<Contradiction> contradictions_of(const StateDict& state);

}  // namespace tmm::model
