// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/base/measure.hpp"

namespace tmm::analysis {

/// How a singular value was obtained.
enum class SpectrumMethod {
  leading_zeros,  ///< σ = 0 exactly: one for every leading zero weight
  single_tap,     ///< σ = |w| exactly: only the last weight is not zero
  lapack,         ///< eigenvalue of J·T by LAPACK; absolute error ≤ error_factor(n)·σ_max
  residues,       ///< eigenvalue of the inverse, from the zeros of the symbol (vanishing_by_residues)
  balls,          ///< eigenvalue of the inverse, in ball arithmetic (vanishing_by_balls)
  dense           ///< LAPACK on a matrix that is not Toeplitz (dense_spectrum.hpp)
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

std::string_view name(IdentityCheck::Outcome outcome);

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

/// The floor as a multiple of σ_max: max(n, 32)·ε, ε = 2⁻⁵². LAPACK promises an absolute error p(n)·ε·σ_max
/// with a modestly growing p (Users' Guide, 3rd ed., §4.7). What it puts under the floor less one
/// error_factor is certainly under the floor; above that a value has at least its order of magnitude right.
double floor_factor(std::size_t n);

/// Estimate of the absolute error of a LAPACK value as a multiple of σ_max: 4√n·ε, at most half the floor.
/// Half of it is for the reduction to tridiagonal form, whose rounding errors are as good as independent
/// (hence √n; against exact values at most a sixth of that is seen); within the other half Sturm counts
/// confirm every eigenvalue of the tridiagonal form.
double error_factor(std::size_t n);

struct SpectrumOptions {
  bool vanishing = true;  ///< false: LAPACK alone, values below its floor are not resolved
  bool certify = false;   ///< prove the values (spectrum_proof.hpp): certified wherever that is possible
};

/// The full singular spectrum of T_n(a), taps[k] = w_k, in O(n³) time and O(n²) memory, every value to ten
/// digits or more: |eigenvalues| of the symmetric Hankel form J·T_n by LAPACK as far as its absolute error
/// allows, the smaller ones, however small, from the inverse. What cannot be resolved has the status
/// below_precision, and `undecided` if a check failed. A delay is taken out first: with m leading zero
/// weights, a = z^m b, exactly m values are 0 and the others are those of T_{n−m}(b). Weights of any size:
/// scaled by a power of two, so 2^k·w gives 2^k·σ up to the rounding to decimal. One BLAS thread: the same
/// numbers on any number of threads. Throws ArgumentError for no taps, one not finite, or more than 32768
/// (after leading zeros, unless only one weight is left).
Spectrum singular_spectrum(std::span<const double> taps, const SpectrumOptions& options = {});

}  // namespace tmm::analysis
