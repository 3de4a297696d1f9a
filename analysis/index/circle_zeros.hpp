// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "analysis/index/ball_arc.hpp"

namespace tmm::analysis {

/// Exact answer to: does a(z) = Σ w_k z^k vanish on |z| = 1?
struct CircleZeroProof {
  enum class Answer { none, exists, unknown };
  Answer answer = Answer::unknown;
  double theta = 0;  ///< for `exists`: angle of a zero, to double precision
};

/// Decides by exact arithmetic (FLINT) on the binary fractions w_k. A zero of a on the circle is also a zero
/// of the reversed polynomial, hence of the greatest common divisor g of both. deg g = 0 proves that there is
/// none. Otherwise the squarefree part of g, cleared of z = ±1, is palindromic of even degree 2k, so G(θ) =
/// e^{−ikθ} g(e^{iθ}) is real, and a change of its sign near a suspect arc proves a zero there. `unknown`: no
/// such change, or the problem is too large (n > 2^14 unless a itself is palindromic, or weights of very
/// different exponents).
///
/// taps: w_0 ≠ 0. suspects: arcs that may hold the zeros.
CircleZeroProof find_zero_on_circle(std::span<const double> taps, std::span<const DyadicArc> suspects);

}  // namespace tmm::analysis
