// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace tmm::model {

/// Solves T x = y in place for the lower triangular Toeplitz matrix of `taps`, in O(n log² n): forward
/// substitution on blocks of `substitution_block` entries; what a solved block of 2^j blocks contributes to
/// the next 2^j blocks is one FFT product. `x` holds y on entry and must have as many entries as there are
/// taps. Throws ArgumentError if taps[0] = 0.
void solve_in_place(const std::vector<double>& taps, std::span<double> x);

/// Order from which an FFT product pays inside the solver (tests/bench/product.cpp).
inline constexpr std::size_t substitution_block = 512;

}  // namespace tmm::model
