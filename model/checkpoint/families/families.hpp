// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "model/checkpoint/families/family.hpp"

namespace tmm::model {

/// All families that are known here, in the order in which they are asked: one whose tensors contain
/// another's comes first.
std::span<const Family* const> families();

/// The first family that claims these tensors; nullptr if none does.
const Family* find_family(std::span<const TensorInfo> tensors);

/// The family of a recognised network.
const Family& family_of(const Architecture& architecture);

/// The family of this name, words small and joined by dashes ("first-tmm"); nullptr if there is none.
const Family* find_family(std::string_view key);

/// Whether a tensor of this name holds operators in any family.
bool is_operator_tensor(std::string_view tensor);

const Family& tmm_family();
const Family& first_tmm_family();
const Family& softplus_heads_family();
const Family& exponential_averages_family();
const Family& information_retention_family();
const Family& attention_family();
/// Autoencoders with an encoder of this family (first TMM, softplus heads, exponential averages, attention,
/// or the TMM with dense matrices) under a decoder of the TMM or of information retention; of one of these
/// families, itself. Throws ArgumentError for any other.
const Family& encoder_autoencoder_family(const Family& encoder);

}  // namespace tmm::model
