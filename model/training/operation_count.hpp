// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "model/checkpoint/architecture.hpp"

namespace tmm::model {

/// Floating-point operations. Doubles: transforms are counted by a logarithm, and integers are exact to 2^53.
struct OperationCount {
  double forward = 0, backward = 0;

  [[nodiscard]] double both() const { return forward + backward; }
};

/// Operations of the network's linear maps on one sequence of `length` = m tokens, a multiplication and an
/// addition being two:
///   a matrix (a, b) at m positions      2mab forward, twice that backward (to its input, to its weights)
///   a causal matrix on c channels       c·m(m+1): the triangle, not the padding of blocks
///   a Toeplitz operator on c channels   the same where its product runs by dense blocks; by FFT of length N
///                                       c·(2F + 6S) forward and c·(3F + 14S) backward, with F = (5/2)N log2
///                                       N of a real transform and S = N/2 + 1 products of spectra
///   attention                           four matrices (d, d); causal products on d channels: QKᵀ and PV
///                                       forward, five backward, where QKᵀ is computed again
///   M exponential averages              a matrix (d, d·M) and 3·d·M at every position, and as much back to
///                                       the input, the only way back that is known
/// Which of the two a Toeplitz product runs by, ToeplitzProduct and ToeplitzGradient say (choose), each for
/// itself. Not counted, because they grow like m·d alone: embedding, normalisation, activation, biases,
/// softmax, residual sums.
OperationCount operation_count(const Architecture& architecture, std::size_t length);

/// Operations of one training step on so many sequences, forward and backward; the transforms of the taps of
/// products by FFT, three an operator and step, are among them. The optimiser is not. There is no
/// way back through the blocks of a frozen encoder.
double training_step_operations(const Architecture& architecture, std::size_t sequences, std::size_t length,
                                bool frozen_encoder = false);

}  // namespace tmm::model
