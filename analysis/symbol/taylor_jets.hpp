// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "analysis/symbol/proven_fft.hpp"

namespace tmm::analysis {

/// Taylor order M of the local expansions of the symbol.
inline constexpr int jet_order = 12;

/// Coefficients q_0 … q_M of s ↦ Σ q_m s^m on an arc, s ∈ [−1, 1].
using Jet = std::array<std::complex<double>, jet_order + 1>;

/// q(s₀ + r s) for r = 2^−depth, |s₀| + r ≤ 1: the expansion on a part of the arc. Off by at most 96 u
/// Σ|q_m|.
Jet shift_jet(const Jet& q, double s0, int depth);

/// |q_m|, and their sum in the order of m.
using JetModuli = std::array<double, jet_order + 1>;
JetModuli moduli(const Jet& q);
double absolute_sum(const JetModuli& moduli);
double absolute_sum(const Jet& q);

/// Taylor expansions of the symbol on equal arcs that tile the upper half circle.
///
/// The circle is cut into 4n' arcs, n' = 2^⌈log₂ n⌉, of half-width h = π/(4n'); root arc j < 2n' has its
/// middle at θ_j = (2j + 1)h. With c = (n − 1)/2 its jet describes the centred symbol
///
///   g_j(s) = e^{−ich s} a(e^{i(θ_j + hs)}) = Σ_m q_m s^m,   q_m = (i^m/m!) Σ_k w_k (h(k − c))^m e^{ikθ_j} ,
///
/// so |g_j| = |a|, and at a common end g_{j+1}(−1) = e^{2ich} g_j(1). Every fourth arc comes from one FFT of
/// length n' per order m; real taps give the other half circle for nothing.
///
/// Error of the whole expansion, |Σ q_m s^m − g_j(s)| ≤ error() for |s| ≤ 1, from three sources:
///   input      p_m(k) = w_k (h(k−c))^m/m! times e^{ikθ}: relative (3.5 m + 2)u per term, Σ_k |p_m(k)|
///   together; transform  ProvenFft::error_factor() on the same sums; remainder  Σ_k |w_k|
///   |h(k−c)|^{M+1}/(M+1)!, since |e^{iy} − Σ_{m≤M} (iy)^m/m!| ≤ |y|^{M+1}/(M+1)!.
class TaylorJets {
 public:
  /// taps: n ≥ 2 of them with max|w| ≤ 1, kept by reference; input_error: relative error of each tap (0:
  /// exact).
  explicit TaylorJets(std::span<const double> taps, double input_error = 0);
  ~TaylorJets();
  TaylorJets(const TaylorJets&) = delete;
  TaylorJets& operator=(const TaylorJets&) = delete;

  [[nodiscard]] std::size_t root_arcs() const { return 2 * length_; }
  [[nodiscard]] double half_width() const;  ///< h
  [[nodiscard]] double turn() const;        ///< ch, the angle between neighbouring frames is 2ch
  [[nodiscard]] double error() const { return error_; }

  /// The jets come in two passes of root_arcs()/2 each.
  static constexpr int passes = 2;
  /// Computes the jets of a pass (0 or 1); forgets the pass before.
  void load(int pass);
  /// Arc index j of the l-th arc of the loaded pass, l < root_arcs()/2.
  [[nodiscard]] std::size_t arc(std::size_t l) const;
  [[nodiscard]] Jet jet(std::size_t l) const;
  /// e^{iφ}·a(e^{iθ}) at the arc's middle, up to conjugation: its modulus is |a| there.
  [[nodiscard]] std::complex<double> centre(std::size_t l) const { return {re_[l], im_[l]}; }

 private:
  void add_order_error(int order, double sum);
  void store(std::size_t first, std::size_t count, std::size_t odd);

  std::span<const double> taps_;
  double input_error_;
  std::size_t length_;  // n'
  std::size_t stride_;  // from order to order: no power of two, lest all orders of a point share a cache set
  std::shared_ptr<const ProvenFft> fft_;
  std::shared_ptr<const RootsOfUnity> twist_;
  double error_ = 0;
  int pass_ = 0;
  std::vector<double> memory_;
  double *re_, *im_;  // jet_order + 1 rows of n'
};

}  // namespace tmm::analysis
