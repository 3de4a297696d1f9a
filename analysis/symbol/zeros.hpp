// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

/// An approximate zero of the symbol. The discs |ζ − z| ≤ radius of all zeros together hold every zero, and
/// an isolated one holds exactly one: n|a/a'| with the rounding errors of both values (Laguerre; Henrici,
/// Applied and Computational Complex Analysis I, 1974, §6.4), or n|a(z_i)|/|w_{n−1} Π_{j≠i}(z_i − z_j)|
/// (Smith, J. ACM 17, 1970), where overlapping discs hold as many zeros as there are discs. Each zero of such
/// a cluster has a radius that covers all of it.
struct Zero {
  std::complex<double> z;
  double radius = 0;
  std::size_t together = 1;       ///< zeros that the cluster holds; 1: isolated
  long double least_modulus = 0;  ///< least and most |ζ| of the zeros meant, also beyond the double range
  long double most_modulus = 0;
};

/// All n − 1 zeros of Σ w_k z^k, sorted by modulus, conjugate pairs exact conjugates of each other.
struct Zeros {
  std::vector<Zero> zeros;  ///< zeros at the origin (leading zero weights) and those at infinity (trailing
                            ///< ones) are left out
  std::size_t at_origin = 0;
  std::size_t inside = 0;   ///< |z| < 1 by value, the origin included: a double-precision count, not a proof
  std::size_t unclear = 0;  ///< discs that meet the unit circle
  bool converged = false;   ///< the iteration settled every zero
};

/// Ehrlich–Aberth iteration in double precision from Bini's starting points (Bini, Numer. Algorithms 13,
/// 1996), O(n²) a sweep; in long double (graded_zeros.hpp) and then in ball arithmetic (ball_zeros.hpp) where
/// its discs overlap. The certified count is winding_number's; these are for pictures, for Jensen's formula
/// and for estimates. Throws ArgumentError if taps is empty or not finite.
Zeros symbol_zeros(std::span<const double> taps);

}  // namespace tmm::analysis
