// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/base/measure.hpp"

namespace tmm::analysis {

struct PseudospectraOptions {
  std::size_t columns = 81;  ///< points on the real axis, odd: one of them is 0
  std::size_t rows = 41;     ///< on the upper half plane, the real axis included
  double reach = 1.25;       ///< the picture ends at ± this times max|a|
  std::size_t threads = 1;
};

/// A point of the plane and what is largest, or nearest, there.
struct PlaneMeasure {
  Measure measure;
  std::complex<double> point;  ///< meaningful unless the measure is not defined
};

/// The plane of λ about one operator. Everything is symmetric about the real axis: only Im λ ≥ 0 is kept.
struct Pseudospectra {
  std::vector<double> x, y;  ///< Re λ (columns), Im λ (rows), ascending; y begins with 0
  /// log10 ‖(T_n(a) − λ)⁻¹‖ at [row·columns + column]; +∞ at λ = w_0, NaN where only a bracket is known.
  std::vector<double> log10_resolvent;
  std::vector<double> relative_error;  ///< of the norm at these points; NaN likewise
  /// N(λ), −N the index of T(a) − λ, certified; none on the curve or where it could not be proven.
  std::vector<std::optional<std::int64_t>> winding_number;

  /// Distance of 0 to the nearest λ of another index than that of 0: min|a|, certified; `point` is where the
  /// curve is nearest.
  PlaneMeasure distance_to_other_index;
  /// Distance of 0 to the nearest λ with N(λ) = 0; 0, certified, where T(a) is invertible itself. An upper
  /// end with a certificate (N = 0 at `point`), next to which the curve has been looked at to within `error`.
  PlaneMeasure distance_to_index_zero;
  /// Lower bounds of the Kreiss constants of A = T_n and of A = I + T_n,
  ///   K(A) = sup_{|z|>1} (|z| − 1)‖(z − A)⁻¹‖ ≤ sup_k ‖A^k‖ ≤ e n K(A)
  /// (Kreiss 1962; Spijker 1991), the largest value that was found; infinite where an eigenvalue is outside
  /// the disc. `point` is z.
  PlaneMeasure kreiss_of_powers, kreiss_of_residual_powers;
};

/// O(rows·columns·(n² + s n log n)) operations, s the steps of Lanczos (4 to 100). Throws ArgumentError for
/// no taps, one that is not finite, and fewer than two rows or columns.
Pseudospectra pseudospectra(std::span<const double> taps, const PseudospectraOptions& options = {});

/// The lower bound of the Kreiss constant of shift·I + T_n(a).
PlaneMeasure kreiss_constant(std::span<const double> taps, double shift, std::size_t threads = 1);

}  // namespace tmm::analysis
