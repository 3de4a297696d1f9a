// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "model/network/tmm.hpp"
#include "model/network/token_batch.hpp"

namespace tmm::model {

/// Which parameters get a gradient.
enum class GradientScope {
  all,
  decoder  ///< of an autoencoder: all but its embedding and its encoder, whose entries are 0
};

/// Loss of a network on a batch and its derivative by every parameter: forward and backward pass. All memory
/// is taken once, by the constructor.
///
/// The batch is cut into groups of sequences and the groups into lanes, each with a gradient of its own; the
/// lanes' gradients are added in a fixed order. The cut depends on the sizes of batch and network only, so
/// the result does not depend on the number of threads, bit for bit.
template <NetworkScalar T>
class GradientPass {
 public:
  /// For batches of at most `sequences` sequences of at most `length` tokens each. Keeps a reference to the
  /// network. The scope decoder takes an autoencoder. Throws ArgumentError unless 1 ≤ length ≤ n and
  /// sequences ≥ 1, and for a block within the scope that mixes over time by exponential averages, for whose
  /// parameters no gradient is known.
  GradientPass(const Tmm<T>& network, std::size_t sequences, std::size_t length, std::size_t threads,
               GradientScope scope = GradientScope::all);
  ~GradientPass();
  GradientPass(GradientPass&&) noexcept;
  GradientPass& operator=(GradientPass&&) noexcept;

  /// Takes Toeplitz taps and rotary frequencies of the network again after they have changed. All other
  /// parameters are read where they are.
  void update();

  /// Mean cross entropy in nats over the positions whose label is not ignored_label. Overwrites `gradient`, a
  /// network of the same architecture, by the derivative of that mean; a tied embedding gets the sum of both
  /// its uses. A network that has overflowed gives a loss that is not finite. Throws ArgumentError as
  /// check_batch does, for more sequences than planned, and if no position has a label.
  double run(const TokenBatch& batch, Tmm<T>& gradient);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class GradientPass<float>;
extern template class GradientPass<double>;

}  // namespace tmm::model
