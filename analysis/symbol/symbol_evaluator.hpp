// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

/// 1/z and a·b by their formulas: the library's operators look for NaN first, which an inner loop feels.
inline std::complex<double> reciprocal(std::complex<double> z) {
  return std::conj(z) / std::norm(z);
}
inline std::complex<double> times(std::complex<double> a, std::complex<double> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// A polynomial a(z) = Σ w_k z^k and its derivative at many points, for Newton's correction and for discs
/// that hold a zero. Horner's scheme on sixteen points at a time; for |z| > 1 on the reversal at 1/z, so that
/// it never leaves the unit disc. Keeps no copy of the weights.
class SymbolEvaluator {
 public:
  explicit SymbolEvaluator(std::span<const double> w);

  /// Newton's correction a/a' at each z; `tiny` if |a| is within its own rounding error.
  void corrections(std::span<const std::complex<double>> z, std::span<std::complex<double>> correction,
                   std::span<char> tiny) const;

  /// d|a/a'| with rounding errors, d the degree: a disc of this radius about the point holds a zero; ∞ if a'
  /// may vanish.
  struct InclusionRadius {
    double usual, careful;  ///< with once and with twice the bounds of the rounding errors
  };

  /// Of every point; those on one side of the circle, and conjugate pairs, should be next to each other.
  [[nodiscard]] std::vector<InclusionRadius> inclusion_radii(std::span<const std::complex<double>> z) const;

 private:
  [[nodiscard]] double inclusion_radius(std::complex<double> x, std::complex<double> p,
                                        std::complex<double> d, bool outside, double scale,
                                        double error) const;
  [[nodiscard]] std::complex<double> newton(std::complex<double> x, std::complex<double> p,
                                            std::complex<double> d, bool outside) const;
  [[nodiscard]] double value_error(double modulus) const;

  std::span<const double> w_;
  double l1_ = 0;
  double largest_error_ = 0;  // of a value within the unit disc
};

}  // namespace tmm::analysis
