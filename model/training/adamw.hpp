// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/network/tmm.hpp"

namespace tmm::model {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

/// What AdamW remembers between steps.
template <NetworkScalar T>
struct AdamWState {
  Tmm<T> first;             ///< m, running mean of gradients
  Tmm<T> second;            ///< v, running mean of their squares
  std::uint64_t steps = 0;  ///< t, steps done

  AdamWState() = default;
  /// The state before the first step of a network of this architecture.
  explicit AdamWState(const Architecture& architecture)
      : first(zero_network<T>(architecture)), second(zero_network<T>(architecture)) {}
};

/// One step of AdamW (Loshchilov and Hutter 2019, Algorithm 2, in the form of torch.optim.AdamW), entry by
/// entry and on every parameter, biases and norms included:
///   θ ← θ − η·λ·θ;  m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²
///   θ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
/// with η the learning rate and λ the weight decay. All four are networks of one architecture. The result
/// does not depend on the number of threads.
template <NetworkScalar T>
void adamw_step(const AdamWOptions& options, double learning_rate, const Tmm<T>& gradient, Tmm<T>& parameters,
                AdamWState<T>& state, std::size_t threads);

/// ‖g‖₂ over all parameters together, summed in double in a fixed order. Not finite if any entry is not.
template <NetworkScalar T>
double gradient_norm(const Tmm<T>& gradient);

/// g ← factor·g. Clipping to norm c is scaling by c/‖g‖ where ‖g‖ > c.
template <NetworkScalar T>
void scale_gradient(double factor, Tmm<T>& gradient);

extern template void adamw_step(const AdamWOptions&, double, const Tmm<float>&, Tmm<float>&,
                                AdamWState<float>&, std::size_t);
extern template void adamw_step(const AdamWOptions&, double, const Tmm<double>&, Tmm<double>&,
                                AdamWState<double>&, std::size_t);
extern template double gradient_norm(const Tmm<float>&);
extern template double gradient_norm(const Tmm<double>&);
extern template void scale_gradient(double, Tmm<float>&);
extern template void scale_gradient(double, Tmm<double>&);

}  // namespace tmm::model
