// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/symbol/zeros.hpp"

namespace tmm::analysis {

/// A zero of a real symbol that can be moved to its mirror image z → 1/z̄ by itself: a real one, or a pair of
/// conjugates.
struct ReflectableZero {
  std::complex<double> z;  ///< Im z ≥ 0; with Im z > 0 it stands for its conjugate too
  bool inside = false;     ///< |z| < 1

  [[nodiscard]] std::size_t count() const { return z.imag() > 0 ? 2 : 1; }
};

/// The zeros of a symbol, as a reflection may choose among them.
struct ReflectableZeros {
  std::vector<ReflectableZero> zeros;  ///< those at the origin come first
  std::size_t inside = 0;              ///< of them, with multiplicity
  std::size_t outside = 0;
  /// Zeros that stay where they are: on the circle, or so near that it is not known on which side.
  std::size_t on_circle = 0;
};

/// known_inside: the certified winding number, or −1 where there is none (the symbol has a zero on the
/// circle). Zeros whose discs meet the circle count by value if the number so found is the certified one, and
/// stay otherwise. Throws ArgumentError for zeros beyond the range of double or that did not converge.
ReflectableZeros reflectable_zeros(const Zeros& zeros, long known_inside);

/// How far |b| is from |a| on the circle.
struct ModulusDifference {
  double error = 0;    ///< max ||b| − |a|| / max|a| on a grid of at least 8n points
  double largest = 0;  ///< max|a| on this grid
};

/// taps of a and b, equally many; scaled together, so that no size of them matters. Throws ArgumentError for
/// taps that are empty, not finite, or a ≡ 0.
ModulusDifference compare_moduli(std::span<const double> a, std::span<const double> b);

/// Reflections of zeros, and what they did to the taps.
struct Reflection {
  std::vector<double> taps;  ///< (n), of the polynomial with these zeros in place of the others
  double modulus_error = 0;  ///< compare_moduli() of the taps before and after
  /// ‖·‖₁ of what the product had beyond n taps, relative to the largest |a|: 0 but for rounding and for
  /// errors of the zeros.
  double truncated = 0;
  double change = 0;  ///< ‖w_new − w‖₂ / ‖w‖₂
};

/// a_new(ζ) = ± a(ζ) Π_j B_j(ζ), B_j(ζ) = (1 − z̄_j ζ)/(ζ − z_j), over the chosen zeros: |B_j| = 1 on the
/// circle (Blaschke), so |a_new| = |a| there, and z_j has become 1/z̄_j. The sign is that with ⟨w_new, w⟩ ≥ 0,
/// the nearer of the two. With all inner zeros chosen a_new is the minimum-phase spectral factor of |a|²
/// (Fejér 1916; Riesz 1916), with all outer ones the maximum-phase factor.
///
/// The product is taken on a grid of the circle, where |a_new| is |a| to rounding whatever the errors of the
/// zeros, and goes back to taps by FFT; an error of a zero shows as `truncated`. A factor by the cepstrum,
/// exp of the causal half of log|a|, would need a grid as fine as the distance of the nearest zero from the
/// circle (10⁷ points for trained layers), and makes the minimum phase alone.
///
/// chosen: Im z ≥ 0. O(n·#chosen + n log n). Throws ArgumentError for taps that are empty, not finite or all
/// 0.
Reflection reflect(std::span<const double> taps, std::span<const ReflectableZero> chosen);

/// mean_θ |a_new − a|² of reflecting this zero alone, relative to mean_θ |a|², for each.
std::vector<double> reflection_costs(std::span<const double> taps, std::span<const ReflectableZero> zeros);

}  // namespace tmm::analysis
