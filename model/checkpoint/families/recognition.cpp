// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/recognition.hpp"

#include <algorithm>
#include <utility>

#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/missing_layers.hpp"

namespace tmm::model {

namespace {

/// An operator that is not of the network would be missing from every analysis without a word.
void refuse_other_operators(const Architecture& architecture, const std::string& source) {
  for (const std::string& tensor : architecture.unknown)
    if (is_operator_tensor(tensor))
      throw FormatError(
          "an operator of another network than the rest",
          {source, tensor, "one network in a file, here of the family " + std::string(architecture.family),
           "", ""});
}

/// A flag that the family has no use for must not pass for one that was heeded. (What stands beside a file
/// may answer more than is asked.)
void note_unused_flags(const Assumptions& assumptions, Architecture& architecture) {
  const auto check = [&](const auto& answer) {
    if (!answer || !answer->origin.starts_with("--")) return;
    const std::string heeded = "As " + answer->origin + " says";
    const auto& notes = architecture.notes;
    if (std::ranges::none_of(notes, [&](const std::string& note) { return note.starts_with(heeded); }))
      architecture.notes.push_back(answer->origin +
                                   " is not used: it asks nothing of this network, which is of the family " +
                                   std::string(architecture.family) + ".");
  };
  check(assumptions.mean_normalised);
  check(assumptions.clm_encoder);
  check(assumptions.unroll);
  check(assumptions.context);
}

/// Takes a TMM of nothing but dense causal matrices for a masked mixer.
void take_dense_layers(const StateDict& weights, Architecture& architecture) {
  if (architecture.mixing != TokenMixing::kernel || !has_square_weights(architecture)) return;
  std::size_t layers = 0;
  for (const auto& [tensor, value] : weights.tensors()) {
    if (!is_operator_tensor(tensor)) continue;
    if (!dense_matrix(value) || !zero_above_diagonal(value)) return;
    ++layers;
  }
  std::erase_if(architecture.contradictions,
                [](const Contradiction& c) { return is_operator_tensor(c.tensor); });
  set_dense_mixing(architecture, layers);
}

}  // namespace

Architecture recognize(std::span<const TensorInfo> tensors, const std::string& source,
                       const Assumptions& assumptions) {
  const Family* family = find_family(tensors);
  if (family == nullptr) throw no_toeplitz_layer(tensors, source);
  Architecture architecture = family->recognize(tensors, source);
  architecture.family = family->name();
  architecture.contradictions =
      contradictions_of_names(architecture.unknown, architecture.missing, family->mixing_layers());
  refuse_other_operators(architecture, source);
  family->assume(assumptions, architecture);
  note_unused_flags(assumptions, architecture);
  return architecture;
}

Architecture recognize(const StateDict& state, const Assumptions& assumptions) {
  Architecture architecture = recognize(state.infos(), state.source(), assumptions);
  hear_values(state, assumptions.contradictions, architecture);
  return architecture;
}

void add_dense_matrices(const StateDict& weights, Architecture& architecture) {
  if (!has_square_weights(architecture)) return;
  for (const auto& [tensor, value] : weights.tensors())
    if (is_operator_tensor(tensor))
      if (auto dense = dense_matrix(value)) architecture.contradictions.push_back(std::move(*dense));
}

void hear_values(const StateDict& weights, Contradictions contradictions, Architecture& architecture) {
  add_dense_matrices(weights, architecture);
  if (contradictions == Contradictions::refuse) take_dense_layers(weights, architecture);
}

void set_dense_mixing(Architecture& architecture, std::size_t operators) {
  architecture.mixing = TokenMixing::dense;
  architecture.kernel_rows = 1;
  architecture.operators = 0;
  architecture.dense_operators = operators;
  architecture.notes.emplace_back(
      "The layers mix over time with dense causal matrices, which are not Toeplitz: they have no symbol and "
      "no index.");
}

bool has_square_weights(const Architecture& architecture) {
  const std::size_t rows =
      architecture.mixing == TokenMixing::parallel_heads ? architecture.heads : architecture.kernel_rows;
  return rows > 1 && rows == architecture.context;
}

}  // namespace tmm::model
