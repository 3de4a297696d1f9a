// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/index/ball_arc.hpp"
#include "analysis/index/palindrome_roots.hpp"

namespace tmm::analysis {

/// Exact answer to: does a(z) = Σ w_k z^k vanish on |z| = 1?
struct CircleZeroProof {
  CircleAnswer answer = CircleAnswer::unknown;
  double theta = 0;  ///< for `exists`: angle of a zero, to double precision
};

/// Decides by exact arithmetic (FLINT) on the binary fractions w_k. A symbol c(z^m) is decided as c. A zero
/// of a on the circle is also a zero of the reversed polynomial, hence of the greatest common divisor g of
/// both. deg g = 0 proves that there is none. Otherwise, if g(±1) ≠ 0, the squarefree part of g is
/// palindromic of even degree 2k, so G(θ) = e^{−ikθ} g(e^{iθ}) is real: a change of its sign near a suspect
/// arc proves a zero there, and what leaves open find_palindrome_root decides. `unknown`: the problem is too
/// large (n > 2^14, or 2^16 if a itself is palindromic; deg g > 2^11; weights of very different exponents).
///
/// taps: w_0 ≠ 0; `rest` is added to it exactly. suspects: arcs that may hold the zeros.
CircleZeroProof find_zero_on_circle(std::span<const double> taps, double rest,
                                    std::span<const DyadicArc> suspects);

}  // namespace tmm::analysis
