// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tmm::analysis {

/// Number of zeros in |z| < 1 of a symbol that has none on |z| = 1, whatever their distance from it; for
/// where the sweep over the circle ends. w_0 ≠ 0; `rest` is added to it exactly.
///
/// In integers (FLINT) a = g·b with g = gcd(a, a*), whose zeros are pairs z, 1/z: half of them are inside. To
/// b the Schur–Cohn steps apply (Henrici, Applied and Computational Complex Analysis I, 1974, §6.8): of f and
/// its reversal f* one removes from the other its leading or constant coefficient, by Rouché without changing
/// the count, save for the zero at the origin that is split off. They run in ball arithmetic, 4n bits and
/// twice as many each time until every comparison is decided. Where |f(0)| = |f*(0)| exactly no precision
/// decides it; the map z → (qz + 1)/(z + q) of the disc onto itself, applied to b in integers, moves such
/// coincidences away.
///
/// O(n²) ball operations an attempt; empty for more than about 1300 zeros (a(z) = c(z^m) counts as c), huge
/// coefficients (integer_polynomial.hpp), or if the precision that this allows does not suffice.
std::optional<std::int64_t> count_in_disc(std::span<const double> taps, double rest = 0);

}  // namespace tmm::analysis
