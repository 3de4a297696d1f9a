// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "analysis/oracle/flint.hpp"

namespace tmm::test {

/// A root of an integer polynomial: an isolating ball, and how often it is a root.
struct ExactRoot {
  ComplexBall z;
  int multiplicity = 1;
};

/// Weights as an exact integer polynomial: Σ w_k z^k = 2^exponent · polynomial.
struct ScaledPolynomial {
  IntegerPolynomial polynomial;
  slong exponent = 0;
};
ScaledPolynomial integer_polynomial(std::span<const double> taps);

/// All roots of a polynomial that is not 0, those at 0 included: squarefree factors (Yun), each isolated by
/// acb_poly_find_roots with doubled precision until every ball holds exactly one root and is known to `bits`
/// bits. Throws std::logic_error where 131,072 bits do not suffice.
std::vector<ExactRoot> exact_roots(const IntegerPolynomial& polynomial, slong bits = oracle_bits);

/// The singular values of T_n, descending: |roots| of the characteristic polynomial of the integer Hankel
/// matrix J·T_n, exact arithmetic up to the isolation of its roots. Meant for n ≤ 16; empty where the
/// coefficients of that polynomial would have so many bits (n times those of the weights) that its roots take
/// seconds.
std::vector<Ball> exact_spectrum(std::span<const double> taps);

}  // namespace tmm::test
