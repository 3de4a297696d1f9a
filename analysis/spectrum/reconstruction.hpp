// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/base/matrix_view.hpp"
#include "model/checkpoint/layer_operator.hpp"
#include "model/pass/evaluator.hpp"

namespace tmm::analysis {

/// How well one number type carries activations through T and back.
struct ReconstructionError {
  /// e_t = RMS over channels and sequences of (T⁻¹ T u − u)_t, over the RMS of u: 0 is exact, 1 is as bad as
  /// knowing nothing. Infinite where the arithmetic has overflowed.
  std::vector<double> by_position;
  double overall = 0;  ///< RMS of e_t over all positions
  /// First position with e_t > 0.01; none if every position comes back to two digits.
  std::optional<std::size_t> first_lost;
};

/// The practical face of the index: a layer with zeros well inside the disc is invertible on paper, yet its
/// inverse forgets the input after some steps. Nothing is certified here: the errors are those of one
/// computation on one set of activations.
struct Reconstruction {
  std::string name;  ///< of the operator
  ReconstructionError float32;
  ReconstructionError float64;
};

/// Pushes activations u (m, channels) through T, y = T u, and solves T û = y by forward substitution, both in
/// float32 and then both in float64. The layer's bias plays no part. Singular operators (w_0 = 0) have
/// infinite errors from the first position on. 1 ≤ m ≤ n.
Reconstruction reconstruct(const model::LayerOperator& layer, model::MatrixView<const float> u);

/// Every operator of a network on the activations that it meets when the batch runs through the network (in
/// float32), all sequences together. `layers` are those of the network's own checkpoint. Memory: the inputs
/// of all operators, so keep the batch small. Throws as Evaluator does.
std::vector<Reconstruction> reconstruct_all(const model::Tmm<float>& network,
                                            std::span<const model::LayerOperator> layers,
                                            const model::TokenBatch& batch, std::size_t threads);

}  // namespace tmm::analysis
