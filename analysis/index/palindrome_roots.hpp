// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/index/integer_polynomial.hpp"

namespace tmm::analysis {

/// Outcome of an exact question about zeros on |z| = 1.
enum class CircleAnswer { none, exists, unknown };

struct PalindromeRoot {
  CircleAnswer answer = CircleAnswer::unknown;
  double theta = 0;  ///< for `exists`: angle of a zero in (0, π), to double precision
};

/// Whether a squarefree palindromic polynomial s of degree 2k without the zeros ±1 vanishes on |z| = 1.
///
/// s(z) = z^k G(z + 1/z), and the zeros e^{±iθ} are those of G at y = 2 cos θ in (−2, 2). There they are
/// separated by bisection with Descartes' rule of signs (Collins & Akritas, SYMSAC 1976): no sign variation
/// of an interval's Bernstein coefficients means no zero in it, one means one. Exact, in integers; `unknown`
/// only if k exceeds 1024 or the bisection takes more than some thousand intervals.
PalindromeRoot find_palindrome_root(const IntegerPolynomial& s);

}  // namespace tmm::analysis
