// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "analysis/index/ball_arc.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/symbol/taylor_jets.hpp"

// The proof, in the order of the code.
//
// 1. (TaylorJets) The upper half circle is tiled by root arcs; on each, a polynomial of degree 12 is within a
//    proven E of the symbol curve, seen from a frame that turns with the arc.
// 2. (try_arc) An arc is settled when the polynomial's image stays farther than 4E from 0 inside a half-plane
// H
//    that 0 borders: either the disc |q₀| − |q₁| − Σ_{m≥2}|q_m|, or the distance of the tangent line q₀ + q₁s
//    from 0 less Σ_{m≥2}|q_m|, exceeds 4E. Otherwise it is halved. Then the curve and its computed end values
//    lie in H, and |a| > 3E there.
// 3. (settle_leaves) Inside H the curve may be replaced by the segment between its computed end values
// without
//    passing 0. Neighbouring arcs of one frame lie in each other's half-planes at their common end. Between
//    two frames the turn is 2ch < π/4 and both values are within asin(1/3) of the truth: a sector of less
//    than π/2. So the symbol curve is homotopic in C∖{0} to a polygon with known vertices. Each of its edges
//    crosses the real axis only if the signs of Im differ at its ends, on the side that the half-plane's
//    normal (or the sector) shows. Counting these crossings is exact: comparisons of signs, no angle is ever
//    computed.
// 4. (half_turns) From a(1) to a(−1), both real, the argument changes by πN for real taps, so
//    N = crossings + [a(−1) < 0] − [a(1) < 0] when both end points are pushed to the side Im ≥ 0.
namespace tmm::analysis {

/// A settled arc, or one that double precision cannot settle.
struct Leaf {
  DyadicArc arc;
  bool settled = false;
  bool halve = false;  // try its halves before accepting this outcome
  bool line = false;
  bool extended = false;
  std::complex<double> entry, exit, normal;
  double clearance = 0;  // proven distance of the curve to the edge of the half-plane
  double error = 0;      // of entry and exit
};

/// What the count needs of a root arc whose leaves are all settled.
struct RootArc {
  std::complex<double> entry, exit;
  int crossings = 0;
};

/// Walks the upper half circle, settles arcs, counts half-turns.
class Sweep {
 public:
  /// taps: two or more, first and last not 0, max|w| ≤ 1, each within relative error `input_error`; kept by
  /// reference; ball arithmetic takes w_0 = taps[0] + rest exactly. length: n of the operator, which may have
  /// zero weights before and after these.
  Sweep(std::span<const double> taps, std::size_t length, double input_error, const WindingOptions& options,
        double rest = 0)
      : taps_(taps),
        rest_(rest),
        length_(length),
        options_(options),
        jets_(taps, input_error),
        roots_(jets_.root_arcs()) {}

  /// Every root arc in double precision.
  void run_double();
  /// The open leaves in ball arithmetic of the given precision, at most `budget` arc tests; returns how many
  /// it took.
  std::size_t run_in_balls(int bits, std::size_t budget);
  /// Whether every arc is settled: then half_turns() is the proven winding number.
  [[nodiscard]] bool complete() const { return open_.empty(); }
  [[nodiscard]] std::vector<DyadicArc> suspects() const;
  [[nodiscard]] std::int64_t half_turns() const;

  /// Proven lower bound of min|a| over the settled arcs, and of |a|/√λ with λ(θ) = (n + min(n, 1/|sin θ|))/2.
  [[nodiscard]] double margin() const { return margin_; }
  [[nodiscard]] double radius() const { return radius_; }
  [[nodiscard]] double margin_upper() const { return margin_upper_; }
  [[nodiscard]] double closest_theta() const { return closest_theta_; }
  WindingCertificate take_certificate();

 private:
  [[nodiscard]] int root_depth() const { return static_cast<int>(std::bit_width(roots_.size())) - 1; }
  /// A part of a root arc: s₀ + 2^−depth s, |s| ≤ 1.
  struct Part {
    double s0;
    int depth;
    DyadicArc arc;
  };

  /// t, size: the jet on the part, and its moduli.
  Leaf try_arc(const Jet& t, const JetModuli& size, int depth, double error, const DyadicArc& arc);
  void settle_root(std::size_t j, const Jet& jet);
  /// Appends the leaves of both halves, `deepest` levels down at most.
  void settle_halves(const Jet& jet, const Part& part, double error);
  void settle_leaves(std::size_t j, const std::vector<Leaf>& leaves);
  std::vector<Leaf> refine_in_balls(const Leaf& leaf, const DyadicArc& frame, int bits, std::size_t budget);
  void lower_upper_bound(double bound, double theta);

  std::span<const double> taps_;
  double rest_;
  std::size_t length_;
  const WindingOptions& options_;
  TaylorJets jets_;
  std::vector<RootArc> roots_;
  std::vector<Leaf> leaves_;                       // of the root arc at hand
  std::map<std::size_t, std::vector<Leaf>> open_;  // root arcs with unsettled leaves
  double margin_ = std::numeric_limits<double>::infinity();
  double radius_ = std::numeric_limits<double>::infinity();
  double margin_upper_ = std::numeric_limits<double>::infinity();
  double closest_theta_ = 0;
  std::size_t tests_ = 0, ball_tests_ = 0;
  WindingCertificate certificate_;
  std::map<std::size_t, std::vector<SettledArc>> kept_;
};

}  // namespace tmm::analysis
