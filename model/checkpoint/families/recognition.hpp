// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// Asks the families in turn (families.hpp) what network these tensors are, by names and shapes alone;
/// `source` (a path) is for messages only. Tensors that a forward pass needs but Toeplitz analysis does not
/// may be missing: they are listed, and so are unknown tensors and what they say against the variant
/// (contradiction.hpp tells which; callers refuse). Of several sets of blocks that at the top is the network,
/// the others are listed as copies. A Toeplitz weight is a matrix (k, n), n ≥ 1; a vector (n) is refused, as
/// no layer stores one. Two stored embeddings count as untied: whether they hold the same numbers is not in
/// the header. Throws FormatError naming source and tensor: no Toeplitz weight at all (lists what was found,
/// and says where layers were seen), a block, head or stage number left out, a rank or a size that disagrees
/// with the rest.
Architecture recognize(std::span<const TensorInfo> tensors, const std::string& source,
                       const Assumptions& assumptions = {});

/// The same for tensors in memory, whose values speak as well (hear_values).
Architecture recognize(const StateDict& state, const Assumptions& assumptions = {});

/// Adds what the values of `weights` say against the variant (dense_matrix) to architecture.contradictions.
void add_dense_matrices(const StateDict& weights, Architecture& architecture);

/// What the values of `weights` say that names and shapes leave open: add_dense_matrices, and where every
/// layer of a TMM is a dense causal matrix (n, n), zero above the diagonal, the file does not contradict
/// itself: it is a masked mixer and taken for one (TokenMixing::dense, a note instead of the contradictions)
/// unless the caller insists on Toeplitz operators. Only its operators are known, not its forward pass.
void hear_values(const StateDict& weights, Contradictions contradictions, Architecture& architecture);

/// Says that all operators are dense causal matrices, with the note that every result needs.
void set_dense_mixing(Architecture& architecture, std::size_t operators);

/// Whether add_dense_matrices could find anything: a Toeplitz weight is square.
bool has_square_weights(const Architecture& architecture);

}  // namespace tmm::model
