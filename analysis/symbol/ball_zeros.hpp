// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/symbol/zero_discs.hpp"

namespace tmm::analysis {

/// Separates zeros that long double cannot: exact squarefree factors of Σ w_k z^k (FLINT), Ehrlich–Aberth on
/// the zeros whose discs overlap, at 128 bits and more, and Smith's discs from values in balls (Arb), up to
/// about two seconds of work. A zero of multiplicity m gets m equal discs. taps: w_0 ≠ 0, w_{n−1} ≠ 0;
/// discs: the best known ones, from whose centres it starts. Empty for more than 4096 weights.
std::optional<std::vector<ZeroDisc>> ball_zeros(std::span<const double> taps,
                                                std::span<const ZeroDisc> discs);

/// Where an isolated zero lies to the circle |z|^n = tau: −1 inside or on it, 1 outside, 0 not known.
/// Newton's method and Laguerre's disc in balls of up to 2048 bits; a real zero exactly on it is recognised
/// if it is a double. taps: as many as the symbol has, not all 0.
int side_of_circle(std::span<const double> taps, const Zero& zero, double tau, std::size_t n);

}  // namespace tmm::analysis
