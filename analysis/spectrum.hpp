// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/measure.hpp"

namespace tmm::analysis {

/// How a singular value was obtained.
enum class SpectrumMethod {
  leading_zeros,  ///< σ = 0 exactly: one for every leading zero weight
  single_tap,     ///< σ = |w| exactly: only the last weight is not zero
  lapack          ///< eigenvalue of J·T by LAPACK; absolute error ≤ Spectrum::floor / 3
};

std::string_view name(SpectrumMethod method);

/// One singular value of T_n.
struct SingularValue {
  ScaledReal value;  ///< σ; only an upper bound of σ where the status is below_precision
  Status status = Status::undecided;
  double relative_error = 0;  ///< bound of |value − σ|/σ; ∞ where the status is below_precision
  SpectrumMethod method = SpectrumMethod::lapack;
};

/// An identity that the computed values must satisfy, whatever method produced them.
struct IdentityCheck {
  enum class Outcome { held, failed, not_applicable };

  std::string identity;
  double expected = 0;
  double found = 0;
  double tolerance = 0;  ///< of |found − expected|, from the errors of the values
  Outcome outcome = Outcome::not_applicable;
};

/// The n singular values of a causal Toeplitz operator.
struct Spectrum {
  std::vector<SingularValue> values;  ///< all n, descending
  ScaledReal sigma_max;
  ScaledReal floor;             ///< where LAPACK values end, see floor_factor
  std::size_t exact_zeros = 0;  ///< values that are zero exactly
  std::size_t unresolved = 0;   ///< values known only by an upper bound
  IdentityCheck frobenius;      ///< Σ σ_i² = Σ_k (n−k) w_k²
  IdentityCheck determinant;  ///< Σ ln σ_i = n ln|w_0|; with m leading zeros (n−m) ln|w_m| over σ_i ≠ 0
  std::string method;         ///< one line for reports
};

/// The floor as a multiple of σ_max: max(n, 16)·ε, ε = 2⁻⁵². LAPACK promises an absolute error p(n)·ε·σ_max
/// with a modestly growing p (Users' Guide, 3rd ed., §4.7). Here the error is taken as a third of the floor:
/// against exact values the tests see at most a fifth of that, growing like √n. What LAPACK puts under two
/// thirds of the floor is then surely under the floor, and above that a value has at least its order of
/// magnitude right.
double floor_factor(std::size_t n);

/// The full singular spectrum of T_n(a), taps[k] = w_k, in O(n³) time and O(n²) memory: |eigenvalues| of the
/// symmetric Hankel form J·T_n. Values below `floor` have the status below_precision. A delay is taken out
/// first: with m leading zero weights, a = z^m b, exactly m values are 0 and the others are those of
/// T_{n−m}(b). Weights of any size: scaled by a power of two, so 2^k·w gives exactly 2^k·σ. Throws
/// ArgumentError for no taps or one not finite.
Spectrum singular_spectrum(std::span<const double> taps);

}  // namespace tmm::analysis
