// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/scaled_enclosure.hpp"

namespace tmm::analysis {

/// Outcome of an index computation.
enum class IndexStatus {
  certified,     ///< T(a) is Fredholm and N is proven
  not_fredholm,  ///< proven: a ≡ 0, or a has a zero on |z| = 1
  undecided,     ///< neither could be proven within the work limits; `lowest` ≤ N ≤ `highest` is proven
  no_symbol      ///< not a Toeplitz operator: there is no symbol to ask
};

std::string_view name(IndexStatus status);

/// Work limits of winding_number. The defaults settle every trained layer that has been met.
struct WindingOptions {
  int max_bits = 2048;  ///< highest ball-arithmetic precision for single arcs
  double max_extended =
      0x1p+21;  ///< ball-arithmetic work: arc tests × n × bits/128; 64 tests are always allowed
  double margin_tightness = 1e-3;  ///< refine until margin ≥ (1 − this)·min|a|
  bool keep_arcs = false;          ///< store the arcs in the certificate (about 100 bytes each)
};

/// An arc θ ∈ [start, end] of the upper half circle and the proof that the symbol curve, turned by a known
/// angle, stays in an open half-plane that avoids 0 along it. Angles are exact multiples of π/2^depth: start
/// = π·first/2^depth, end = π·(first + 1)/2^depth.
struct SettledArc {
  std::uint64_t first = 0;
  int depth = 0;
  std::complex<double>
      entry;  ///< b(t) = e^{−ic(t−t₀)} a(e^{it}) at the start, t₀ the middle of the arc's root arc
  std::complex<double> exit;    ///< b at the end
  std::complex<double> normal;  ///< Re(conj(normal)·b) > 0 along the whole arc
  double lower_bound = 0;       ///< proven: |a| ≥ this on the arc
  bool extended = false;        ///< settled in ball arithmetic
};

/// What was proven, and how: enough for verify() to repeat the proof independently.
struct WindingCertificate {
  std::uint64_t root_arcs = 0;      ///< arcs that the half circle was first cut into
  std::uint64_t arcs = 0;           ///< settled arcs on the half circle
  std::uint64_t disc_tests = 0;     ///< arcs settled because a disc around the centre value avoids 0
  std::uint64_t line_tests = 0;     ///< arcs settled because the tangent line's neighbourhood avoids 0
  std::uint64_t extended_arcs = 0;  ///< arcs that needed ball arithmetic
  int depth = 0;                    ///< deepest bisection of a root arc
  int bits = 53;                    ///< highest precision used
  int sign_at_one = 0;              ///< sign of a(1)
  int sign_at_minus_one = 0;        ///< sign of a(−1)
  std::vector<SettledArc> path;     ///< in order of θ, if WindingOptions::keep_arcs
};

/// Winding number of the symbol a(z) = Σ_k w_k z^k about 0 along the unit circle, with its proof.
struct Winding {
  IndexStatus status = IndexStatus::undecided;
  std::int64_t number = 0;  ///< N = #{zeros of a in |z| < 1}; meaningful only if certified
  std::int64_t lowest = 0;  ///< proven bounds of the number of zeros in |z| < 1; lowest > highest for a ≡ 0
  std::int64_t highest = 0;  ///< equal to lowest if certified
  double margin = 0;         ///< proven lower bound of min_θ |a(e^{iθ})|; 0 unless certified
  double margin_upper = 0;   ///< proven upper bound of min_θ |a(e^{iθ})|
  double radius = 0;  ///< proven lower bound of the index radius (see index_radius.hpp); 0 unless certified
  /// margin, margin_upper and radius in units of 2^exponent, in which ½ ≤ max|w| < 1: the doubles above are
  /// rounded away from the truth where they are subnormal, and margin_upper is ∞ beyond the largest double.
  double scaled_margin = 0, scaled_margin_upper = 0, scaled_radius = 0;
  int exponent = 0;
  double closest_theta =
      0;               ///< θ ∈ [0, π] at which |a| takes margin_upper (for not_fredholm: next to a zero)
  std::string reason;  ///< for not_fredholm and undecided: what was found
  WindingCertificate certificate;
};

/// Certified winding number N of the polynomial Σ_{k<n} taps[k] z^k; the Fredholm index of T(a) is −N
/// (Gohberg–Krein). Convention: a(z) = z has N = 1, index −1.
///
/// Method: Taylor jets of the centred symbol at equispaced points by FFT, half-plane tests with complete
/// rounding bounds, bisection, ball arithmetic where double precision ends, and an exact count from the signs
/// of the imaginary part at the arc ends. O(n log n) when no zero lies extremely near the circle. See
/// winding_sweep.hpp for the proof.
///
/// Throws ArgumentError if taps is empty or holds NaN or ±∞.
/// `rest`: below half a unit of taps[0] in the last place, the exact w_0 is taps[0] + rest.
Winding winding_number(std::span<const double> taps, const WindingOptions& options = {}, double rest = 0);

}  // namespace tmm::analysis
