// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

namespace tmm::test {

/// The tolerances of all tests, as functions of precision, size n and norm. `norm` is the size of the data
/// that enter the operation (‖A‖‖x‖ for a product A x), so that a bound of 1e-13·norm stays meaningful after
/// rescaling.

/// Sums of n products in any order: |error| ≤ n·ε·Σ|a_i||b_i| (Higham, ASNA, 2002, §3.1).
template <class Real>
Real sum_tolerance(std::size_t n, Real norm) {
  return static_cast<Real>(n) * std::numeric_limits<Real>::epsilon() * norm;
}

/// A product through Fourier transforms of length ≈ 2n: 2-norm error ≤ 3·7·log2(2n)·(ε/2)·‖w‖₂‖x‖₂ √(2n)-free
/// in practice (Higham, ASNA, Thm 24.2, three transforms).
template <class Real>
Real fft_tolerance(std::size_t n, Real norm) {
  return Real(10.5) * std::log2(2 * static_cast<Real>(n) + 2) * std::numeric_limits<Real>::epsilon() * norm;
}

/// Eigenvalues and singular values of a backward stable dense method: |error| ≤ n·ε·‖A‖₂ (LAPACK Users'
/// Guide, §4.7, p(n) = n), at least 8ε‖A‖₂ for tiny n.
template <class Real>
Real eigen_tolerance(std::size_t n, Real norm) {
  return static_cast<Real>(n < 8 ? 8 : n) * std::numeric_limits<Real>::epsilon() * norm;
}

}  // namespace tmm::test
