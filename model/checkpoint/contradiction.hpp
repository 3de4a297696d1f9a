// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// A sign that a stored Toeplitz weight is not the operator that the network applies: the tensor that says
/// so, and what it means. Repeat mixers (arXiv 2605.08696), LoRA, quantisation and parametrisations all keep
/// the names and shapes of a Toeplitz layer and compute something else.
struct Contradiction {
  std::string tensor;
  std::string meaning;
};

/// What to do about contradictions: refuse the file, or take each stored weight for a Toeplitz operator all
/// the same (then the result must carry assumption_remark()).
enum class Contradictions { refuse, assume_toeplitz };

/// What the names alone give away. `unknown`: tensors of no part of the network; `missing`: tensors that it
/// should have and has not. Contradictions are unknown tensors below a token-mixing layer
/// ("PART.N.token_mixing_layer.decay_value"), and unknown tensors anywhere in a block that lacks some of its
/// own ("channel_mixing_layer.2.weight" where "channel_mixing_layer.3.weight" is missing): such a block is of
/// another class. `mixing_layers`: what the names below token mixing begin with ("token_mixing_layer.").
std::vector<Contradiction> contradictions_of_names(std::span<const std::string> unknown,
                                                   std::span<const std::string> missing,
                                                   std::span<const std::string_view> mixing_layers);

/// What tensor `rest` ("decay_value", "lora_A.default.weight", "parametrizations.weight.original0") means
/// below a token-mixing layer, in words.
std::string meaning_below_mixing(std::string_view rest);

/// A square Toeplitz weight (n, n), n > 1, with nothing but zeros on one side of the diagonal and at least n
/// other values: a dense causal matrix, not n kernel rows of n taps. (A kernel may start as the identity,
/// which is a single 1.) Empty for every other tensor.
std::optional<Contradiction> dense_matrix(const Tensor& weight);

/// Whether a matrix (n, n) or (n, n, 1) has nothing but zeros above its diagonal.
bool zero_above_diagonal(const Tensor& matrix);

/// Throws FormatError naming `source`, the tensors and what they mean, unless there are none.
void require_no_contradictions(std::span<const Contradiction> contradictions, const std::string& source);

/// One sentence for every output of a file that was read with Contradictions::assume_toeplitz.
std::string assumption_remark(std::span<const Contradiction> contradictions);

/// "TENSOR, TENSOR and 2 more: MEANING; TENSOR: MEANING", names made printable.
std::string describe(std::span<const Contradiction> contradictions);

}  // namespace tmm::model
