// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "analysis/oracle/flint.hpp"

namespace tmm::test {

/// min over θ in [0, π] of ‖δ‖₂ of the least real change δ of the weights that puts a zero of the symbol at
/// e^{iθ}: an enclosure of at most 2^−48 relative width, by branch and bound in balls. Weights finite, no
/// zero on the circle.
///
/// The change meets Σ δ_k cos φ_k = −R and Σ δ_k sin φ_k = −I, φ_k = (k − (n−1)/2)θ, whose rows are
/// orthogonal; its square is R²/Σcos² + I²/Σsin². Where a row vanishes (θ = 0, π, a single weight) it demands
/// nothing; where it may vanish it is left out of the lower bound: one equation alone never needs more than
/// both.
///
/// Nothing where 640 bits do not suffice: a zero closer to the circle than about 2^−250.
std::optional<Ball> exact_index_radius(std::span<const double> taps);

}  // namespace tmm::test
