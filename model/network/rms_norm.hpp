// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/layer_norm.hpp"

namespace tmm::model {

/// y_i = x_i/√(mean_j x_ij² + ε) ⊙ weight, with ε the machine epsilon of T (as in PyTorch); shifts and memory
/// as in layer_norm. `bias` is not read.
void rms_norm(const LayerNormArguments<float>& arguments);
void rms_norm(const LayerNormArguments<double>& arguments);

/// The derivative along ẋ. With x̂ = x/√(mean x² + ε), per row: ẏ = (ẋ − x̂·mean(ẋ ⊙ x̂))/√(mean x² + ε) ⊙
/// weight.
void rms_norm_tangent(const NormTangentArguments<float>& arguments);
void rms_norm_tangent(const NormTangentArguments<double>& arguments);

/// The way back. With x̂ = x/√(mean x² + ε) and h = y_gradient ⊙ weight, per row:
///   x_gradient += (h − x̂·mean(h ⊙ x̂))/√(mean x² + ε),  weight_gradient += Σ_rows y_gradient ⊙ x̂
/// `bias_gradient` is not written.
void rms_norm_gradient(const LayerNormGradientArguments<float>& arguments);
void rms_norm_gradient(const LayerNormGradientArguments<double>& arguments);

}  // namespace tmm::model
