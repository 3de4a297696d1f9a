// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/base/arb.hpp"

namespace tmm::analysis {

/// Owner of a FLINT polynomial over ℤ.
struct IntegerPolynomial {
  fmpz_poly_t p;
  IntegerPolynomial() { fmpz_poly_init(p); }
  ~IntegerPolynomial() { fmpz_poly_clear(p); }
  IntegerPolynomial(const IntegerPolynomial&) = delete;
  IntegerPolynomial& operator=(const IntegerPolynomial&) = delete;

  [[nodiscard]] slong degree() const { return fmpz_poly_degree(p); }
};

/// a := the primitive integer polynomial that is a multiple of Σ w_k z^k; weights are binary fractions. False
/// if its coefficients would be huge: n times the bits between the largest and the last one beyond 2^22, and
/// those bits beyond 1024.
/// rest: is added to w_0 exactly.
bool to_integers(IntegerPolynomial& a, std::span<const double> taps, double rest = 0);

/// a(z) = c(z^m) with the largest m: a := c, returns m.
ulong reduce_lacunary(IntegerPolynomial& a);

/// g := gcd(a, a*) with a*(z) = z^deg a(1/z): every zero on |z| = 1 and every pair z, 1/z of zeros of a,
/// equally often. a(0) ≠ 0.
void reciprocal_part(IntegerPolynomial& g, const IntegerPolynomial& a);

}  // namespace tmm::analysis
