// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tmm::analysis {

/// Where the zeros of a(z) = Σ w_k z^k lie, exactly.
struct ExactZeros {
  std::int64_t inside = 0;     ///< in |z| < 1, with multiplicity
  std::int64_t on_circle = 0;  ///< on |z| = 1, with multiplicity
  double theta = 0;            ///< if on_circle > 0: angle in [0, π] of one of them
  double margin = 0;           ///< if on_circle = 0: proven lower bound of min|a|
};

/// Counts zeros in exact arithmetic (FLINT, Arb) on the binary fractions w_k, whatever their exponents. Each
/// factor f of the squarefree decomposition is taken alone. Its zeros on the circle are those of g = gcd(f,
/// f*), f* the reversed polynomial; cleared of z = ±1, g is palindromic of even degree, and z = (1 + iu)/(1 −
/// iu) makes it a real polynomial in u whose real zeros are counted by Sturm's theorem. With that number
/// known, the zeros of f are isolated in balls until no other one meets the circle. The margin is |w_d| Π_j
/// ||z_j| − 1|.
///
/// taps: w_0 ≠ 0 and the last one ≠ 0; `rest` is added to w_0 exactly. Empty if a factor has more than
/// largest_exact_degree zeros.
inline constexpr std::ptrdiff_t largest_exact_degree = 256;
std::optional<ExactZeros> exact_zeros(std::span<const double> taps, double rest = 0);

}  // namespace tmm::analysis
