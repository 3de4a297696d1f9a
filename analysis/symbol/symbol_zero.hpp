// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <optional>
#include <span>
#include <vector>

namespace tmm::analysis {

/// A simple zero z of the real polynomial a(z) = Σ w_k z^k in the closed upper half-plane; one with Im z > 0
/// stands for itself and its conjugate. By the residue theorem 1/a has the term r/(ζ − z) with r = 1/a'(z).
struct SymbolZero {
  std::complex<long double> z;
  std::complex<long double> residue;  ///< 1/a'(z)
  long double relative_error;         ///< estimate of |error of z|/|z|, from the rounding errors of a(z)

  [[nodiscard]] int count() const { return z.imag() > 0 ? 2 : 1; }
};

/// Newton's method in long double from `start`. Empty if it does not settle on a simple zero.
std::optional<SymbolZero> polish_zero(std::span<const long double> taps, std::complex<double> start);

/// Polishes all starts and drops repeats; sorted by modulus. Not every zero near a start need be found.
std::vector<SymbolZero> polish_zeros(std::span<const long double> taps,
                                     std::span<const std::complex<double>> starts);

}  // namespace tmm::analysis
