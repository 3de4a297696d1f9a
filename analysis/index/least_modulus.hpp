// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace tmm::analysis {

struct ModulusBound {
  double upper = 0;  ///< at or above |a(e^{iθ})|, in units of 2^exponent
  double theta = 0;
};

/// |a(1)| and |a(−1)|, a(z) = rest + Σ taps[k] z^k: exact sums, rounded up once. The smaller one.
ModulusBound least_modulus_at_ends(std::span<const double> taps, double rest, int exponent);

/// The least of these and of |a| at the given angles and next to the best of them, in balls of as many bits
/// as tell |a| from 0, up to 4096. For symbols whose sums in double precision are nothing but rounding errors
/// where |a| is least.
ModulusBound least_modulus_above(std::span<const double> taps, double rest, int exponent,
                                 std::span<const double> thetas);

}  // namespace tmm::analysis
