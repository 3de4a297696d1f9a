// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstdint>
#include <span>

namespace tmm::analysis {

/// An arc of the upper half circle, θ ∈ π·[first, first + 1]/2^depth.
struct DyadicArc {
  std::uint64_t first = 0;
  int depth = 0;

  [[nodiscard]] double middle() const;  ///< θ of the middle
  [[nodiscard]] DyadicArc left_half() const { return {2 * first, depth + 1}; }
  [[nodiscard]] DyadicArc right_half() const { return {2 * first + 1, depth + 1}; }
};

/// What ball arithmetic proves of the centred symbol g(t) = e^{−ic(t−t₀)} a(e^{it}) on an arc.
struct BallArc {
  bool settled = false;  ///< the curve avoids 0: Re(conj(normal)·g) ≥ clearance on the arc
  bool refine = false;   ///< if not settled: halving the arc may help (otherwise only more bits can)
  bool line = false;     ///< settled by the half-plane beside the tangent, not the one around the centre
  std::complex<double> entry, exit;  ///< g at the ends, within `error`
  std::complex<double> normal;
  double clearance = 0;    ///< proven distance to the edge of the half-plane, so |a| ≥ clearance
  double error = 0;        ///< proven bound of |entry − truth| and |exit − truth|
  double upper_bound = 0;  ///< proven: |a| at the middle is at most this
};

/// Tests one arc in ball arithmetic (Arb, Johansson 2017) of `bits` bits: Taylor jet of order jet_order at
/// the arc's middle straight from the definition, O(n · jet_order) operations, every rounding and the Taylor
/// remainder inside the balls. `frame`: arc whose middle is t₀. Taps are exact, `rest` is added to the first.
BallArc test_arc_in_balls(std::span<const double> taps, const DyadicArc& arc, const DyadicArc& frame,
                          int bits, double rest = 0);

/// Proven lower bound of Re(conj(normal)·g)/|normal| over the arc, and the values of g at its ends (within
/// `error`).
struct HalfPlaneBound {
  double clearance = 0;
  std::complex<double> entry, exit;
  double error = 0;
};
HalfPlaneBound bound_in_half_plane(std::span<const double> taps, const DyadicArc& arc, const DyadicArc& frame,
                                   std::complex<double> normal, int bits);

/// Exact value of a(+1) (sign = +1) or a(−1) (sign = −1), as its sign: −1, 0 or 1.
int exact_sign_at(std::span<const double> taps, int sign, double rest = 0);

}  // namespace tmm::analysis
