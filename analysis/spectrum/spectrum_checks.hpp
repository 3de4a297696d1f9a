// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/spectrum/spectrum.hpp"

namespace tmm::analysis {

/// Σ σ_i² = Σ_k (n−k) w_k², both sides divided by the square of the power of two that scales the weights, so
/// that nothing overflows. Values known only by an upper bound widen the tolerance.
IdentityCheck check_frobenius(std::span<const SingularValue> values, const ScaledTaps& scaled);

/// Σ ln σ_i = n ln|w_0|; with m leading zeros Σ_{σ_i ≠ 0} ln σ_i = (n−m) ln|w_m|. It holds only if the
/// vanishing values are right. Not applicable while one of them is not known.
IdentityCheck check_determinant(std::span<const SingularValue> values, const ScaledTaps& scaled);

/// Whether an identity failed: then neither the values nor what is computed from them can be trusted.
bool fails_its_checks(const Spectrum& spectrum);

}  // namespace tmm::analysis
