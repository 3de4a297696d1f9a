// SPDX-License-Identifier: MIT
#include "analysis/oracle/exact_symbol.hpp"

#include <algorithm>
#include <numbers>
#include <optional>
#include <stdexcept>

namespace tmm::test {
namespace {

bool overlaps_one(const Ball& x) {
  const Ball one(1.0);
  return arb_overlaps(x.get(), one.get()) != 0;
}

/// z/|z|.
ComplexBall on_circle(const ComplexBall& z) {
  const Ball size = z.abs();
  ComplexBall result;
  acb_div_arb(result.get(), z.get(), size.get(), oracle_bits);
  return result;
}

/// A root of a real polynomial whose ball meets the circle and whose mirror image 1/z̄ is a root too lies on
/// the circle if the image's ball meets no other root's ball.
bool is_own_mirror_image(const std::vector<ExactRoot>& roots, std::size_t i, slong bits) {
  ComplexBall image;
  acb_conj(image.get(), roots[i].z.get());
  acb_inv(image.get(), image.get(), bits);
  for (std::size_t j = 0; j < roots.size(); ++j)
    if (j != i && acb_overlaps(image.get(), roots[j].z.get()) != 0) return false;
  return true;
}

/// Roots on the circle of the self-reciprocal part g = gcd(p, p*), which holds them all with their mirror
/// images; empty if more bits are needed.
std::optional<std::int64_t> count_on_circle(const IntegerPolynomial& p, slong bits) {
  IntegerPolynomial reversed, g;
  fmpz_poly_reverse(reversed.get(), p.get(), p.degree() + 1);
  fmpz_poly_gcd(g.get(), p.get(), reversed.get());
  std::int64_t count = 0;
  if (g.degree() < 1) return count;
  const std::vector<ExactRoot> roots = exact_roots(g, bits);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (!overlaps_one(roots[i].z.abs(bits))) continue;
    if (!is_own_mirror_image(roots, i, bits)) return std::nullopt;
    count += roots[i].multiplicity;
  }
  return count;
}

}  // namespace

ExactSymbol::ExactSymbol(std::span<const double> taps)
    : taps_(taps.begin(), taps.end()), symbol_(integer_polynomial(taps)) {
  if (is_zero()) return;
  for (slong bits = oracle_bits; !sort_zeros(bits); bits *= 4)
    if (bits > 64 * oracle_bits) throw std::logic_error("oracle: more bits are needed next to the circle");
}

bool ExactSymbol::sort_zeros(slong bits) {
  const auto on_circle = count_on_circle(symbol_.polynomial, bits);
  if (!on_circle) return false;
  on_circle_ = *on_circle;
  zeros_ = exact_roots(symbol_.polynomial, bits);
  inner_zeros_.clear();
  inside_ = 0;
  const Ball one(1.0);
  std::int64_t near = 0;
  for (const ExactRoot& zero : zeros_) {
    const Ball size = zero.z.abs(bits);
    if (overlaps_one(size)) near += zero.multiplicity;
    if (!certainly_less(size, one)) continue;
    inside_ += zero.multiplicity;
    inner_zeros_.push_back(zero);
  }
  return near == on_circle_;
}

std::optional<std::int64_t> ExactSymbol::zeros_within(const Ball& modulus) const {
  std::int64_t count = 0;
  for (const ExactRoot& zero : zeros_) {
    const Ball size = zero.z.abs();
    if (certainly_less(size, modulus))
      count += zero.multiplicity;
    else if (!certainly_less(modulus, size))
      return std::nullopt;
  }
  return count;
}

Ball ExactSymbol::jensen_defect() const {
  Ball sum;
  for (const ExactRoot& zero : inner_zeros_)
    sum = sum - Ball(static_cast<double>(zero.multiplicity)) * zero.z.abs(64 * oracle_bits).log();
  return sum;
}

Ball ExactSymbol::smallest_modulus() const {
  Ball least = zeros_.front().z.abs();
  for (const ExactRoot& zero : zeros_) least = minimum(least, zero.z.abs());
  return least;
}

Ball ExactSymbol::modulus(const ComplexBall& z) const {
  ComplexBall value;
  arb_fmpz_poly_evaluate_acb(value.get(), symbol_.polynomial.get(), z.get(), 4 * oracle_bits);
  return value.abs().times_power_of_two(symbol_.exponent);
}

Ball ExactSymbol::modulus_at(slong numerator, slong denominator) const {
  Ball angle(2.0 * static_cast<double>(numerator));
  ComplexBall z;
  arb_div_si(angle.get(), angle.get(), denominator, 4 * oracle_bits);
  arb_sin_cos_pi(acb_imagref(z.get()), acb_realref(z.get()), angle.get(), 4 * oracle_bits);
  return modulus(z);
}

IntegerPolynomial ExactSymbol::derivative_of_square() const {
  IntegerPolynomial reversed, square, derivative;
  const slong degree = symbol_.polynomial.degree();
  fmpz_poly_reverse(reversed.get(), symbol_.polynomial.get(), degree + 1);
  fmpz_poly_mul(square.get(), symbol_.polynomial.get(), reversed.get());
  fmpz_poly_derivative(derivative.get(), square.get());
  fmpz_poly_shift_left(derivative.get(), derivative.get(), 1);
  fmpz_poly_scalar_mul_si(square.get(), square.get(), degree);
  fmpz_poly_sub(derivative.get(), derivative.get(), square.get());
  return derivative;
}

std::vector<ComplexBall> ExactSymbol::critical_points() const {
  std::vector<ComplexBall> points;
  const IntegerPolynomial derivative = derivative_of_square();
  if (derivative.degree() < 0) return points;
  for (const ExactRoot& root : exact_roots(derivative))
    if (overlaps_one(root.z.abs())) points.push_back(on_circle(root.z));
  return points;
}

ModulusRange ExactSymbol::modulus_range() const {
  // Balls that meet the circle without a critical point on it do no harm: |a| is evaluated on the circle.
  ModulusRange range{modulus_at(0, 1), modulus_at(0, 1)};
  for (const ComplexBall& z : critical_points()) {
    const Ball value = modulus(z);
    range.least = minimum(range.least, value);
    range.most = maximum(range.most, value);
  }
  return range;
}

std::vector<double> ExactSymbol::critical_angles() const {
  std::vector<double> angles;
  for (const ComplexBall& z : critical_points()) {
    Ball angle;
    acb_arg(angle.get(), z.get(), oracle_bits);
    if (angle.middle() > 0 && angle.middle() < std::numbers::pi) angles.push_back(angle.middle());
  }
  if (derivative_of_square().degree() < 0) return {};
  angles.push_back(0);
  angles.push_back(std::numbers::pi);
  std::ranges::sort(angles);
  return angles;
}

}  // namespace tmm::test
