// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/oracle/exact_roots.hpp"

namespace tmm::test {

/// Least and largest |a| on the unit circle.
struct ModulusRange {
  Ball least, most;
};

/// The symbol a(z) = Σ w_k z^k of exact weights, and what is true of it: integer polynomials (FLINT) whose
/// roots are isolated in balls (Arb). Nothing is shared with the library. Every answer is an enclosure of
/// about 300 bits, or an integer.
class ExactSymbol {
 public:
  /// `taps` must be finite.
  explicit ExactSymbol(std::span<const double> taps);

  [[nodiscard]] bool is_zero() const { return symbol_.polynomial.degree() < 0; }
  [[nodiscard]] std::size_t length() const { return taps_.size(); }
  [[nodiscard]] const std::vector<double>& taps() const { return taps_; }
  /// Those at the origin included. None for the zero symbol.
  [[nodiscard]] const std::vector<ExactRoot>& zeros() const { return zeros_; }
  /// Of those, the ones in |z| < 1.
  [[nodiscard]] const std::vector<ExactRoot>& inner_zeros() const { return inner_zeros_; }
  /// #{|z| = 1}, #{|z| < 1}, #{|z| ≤ modulus}, with multiplicity. The last one is empty if a zero is too near
  /// to `modulus` to tell.
  [[nodiscard]] std::int64_t zeros_on_circle() const { return on_circle_; }
  [[nodiscard]] std::int64_t zeros_inside() const { return inside_; }
  [[nodiscard]] std::optional<std::int64_t> zeros_within(const Ball& modulus) const;
  /// Σ_{|z_j|<1} ln(1/|z_j|); only if no zero lies at the origin.
  [[nodiscard]] Ball jensen_defect() const;
  /// min |z_j|.
  [[nodiscard]] Ball smallest_modulus() const;
  /// |a(e^{iθ})| where θ = 2π·numerator/denominator.
  [[nodiscard]] Ball modulus_at(slong numerator, slong denominator) const;
  /// From the zeros of d|a|²/dθ, an integer polynomial again: with P = a·a* it is z P′ − (n−1) P.
  [[nodiscard]] ModulusRange modulus_range() const;
  /// Critical angles of |a| in [0, π], ascending, 0 and π among them (doubles); empty if |a| is constant.
  [[nodiscard]] std::vector<double> critical_angles() const;

 private:
  [[nodiscard]] Ball modulus(const ComplexBall& z) const;
  [[nodiscard]] IntegerPolynomial derivative_of_square() const;
  [[nodiscard]] std::vector<ComplexBall> critical_points() const;

  std::vector<double> taps_;
  ScaledPolynomial symbol_;
  /// Sorts the zeros with balls of `bits` bits; false if some of them need more.
  bool sort_zeros(slong bits);

  std::vector<ExactRoot> zeros_, inner_zeros_;
  std::int64_t on_circle_ = 0, inside_ = 0;
};

}  // namespace tmm::test
