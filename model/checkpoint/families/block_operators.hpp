// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/layer_operator.hpp"
#include "model/checkpoint/state_dict.hpp"
#include "model/toeplitz/derived_taps.hpp"

namespace tmm::model {

/// Whether `tensor` is "PART.N.REST" for some block N.
bool is_block_tensor(std::string_view tensor, std::string_view part, std::string_view rest);

/// The tensors "PART.N.REST" among these, for each of `rests`, by N.
std::vector<std::string> block_tensor_names(std::span<const TensorInfo> tensors, std::string_view part,
                                            std::initializer_list<std::string_view> rests);

/// An operator with these taps that `tensor`, one of a block, gives; of head `head`, if it has several.
LayerOperator block_operator(const Tensor& tensor, std::optional<int> head, std::vector<double> taps);

/// The operator of a tensor that is a dense causal matrix (n, n) or (n, n, 1).
LayerOperator dense_operator(const Tensor& tensor);

/// Replaces the taps of an operator by those derived from what it stores.
void set_derived(LayerOperator& layer, DerivedTaps derived, std::string derivation);

/// c_t = Σ_{k≤t} w_k.
std::vector<double> running_sums(const std::vector<double>& taps);

/// Row `row` of a tensor (rows, n).
std::vector<double> tensor_row(const Tensor& tensor, std::size_t row);

}  // namespace tmm::model
