// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

/// a(e^{iθ}) at θ = πj/n, j = 0 … n, by FFT. Throws ArgumentError for no taps or one not finite.
std::vector<std::complex<double>> uniform_symbol(std::span<const double> taps);

/// Quantiles 0, 1/count, …, 1 of |a(e^{iθ})|, θ uniform (by equal steps): what the singular values would be
/// without boundary (Avram 1988; Parter 1986).
std::vector<double> modulus_quantiles(std::span<const double> taps, std::size_t count);

}  // namespace tmm::analysis
