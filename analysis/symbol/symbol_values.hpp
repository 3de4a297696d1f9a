// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <span>

namespace tmm::analysis {

/// values[j] = a(e^{iθ_j}) = Σ_k w_k e^{ikθ_j} for any finite angles: Horner's scheme in long double, O(n)
/// each. With ‖w‖₁ within the range of double, before rounding to double the error is at most (8n +
/// 8)·2⁻⁶⁴·‖w‖₁. Throws ArgumentError if there is no weight, a weight or an angle is not finite, or if there
/// is not one value for every angle.
void symbol_values(std::span<const double> taps, std::span<const double> thetas,
                   std::span<std::complex<double>> values);

}  // namespace tmm::analysis
