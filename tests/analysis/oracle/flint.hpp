// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "analysis/base/arb.hpp"

namespace tmm::test {

/// Precision of the oracle in bits: enclosures of roots are at least this tight, relative to the root.
constexpr slong oracle_bits = 320;

/// A real ball (Arb) with value semantics.
class Ball {
 public:
  Ball() { arb_init(x_); }
  explicit Ball(double value) : Ball() { arb_set_d(x_, value); }
  Ball(const Ball& other) : Ball() { arb_set(x_, other.x_); }
  Ball(Ball&& other) noexcept : Ball() { arb_swap(x_, other.x_); }
  Ball& operator=(Ball other) {
    arb_swap(x_, other.x_);
    return *this;
  }
  ~Ball() { arb_clear(x_); }

  arb_ptr get() { return x_; }
  [[nodiscard]] arb_srcptr get() const { return x_; }

  friend Ball operator+(const Ball& a, const Ball& b) { return apply(arb_add, a, b); }
  friend Ball operator-(const Ball& a, const Ball& b) { return apply(arb_sub, a, b); }
  friend Ball operator*(const Ball& a, const Ball& b) { return apply(arb_mul, a, b); }
  friend Ball operator/(const Ball& a, const Ball& b) { return apply(arb_div, a, b); }
  friend bool certainly_less(const Ball& a, const Ball& b) { return arb_lt(a.x_, b.x_) != 0; }
  friend Ball minimum(const Ball& a, const Ball& b) { return apply(arb_min, a, b); }
  friend Ball maximum(const Ball& a, const Ball& b) { return apply(arb_max, a, b); }
  [[nodiscard]] Ball log() const { return apply(arb_log, *this); }
  [[nodiscard]] Ball exp() const { return apply(arb_exp, *this); }
  [[nodiscard]] Ball sqrt() const { return apply(arb_sqrt, *this); }
  [[nodiscard]] Ball abs() const {
    Ball result;
    arb_abs(result.x_, x_);
    return result;
  }
  [[nodiscard]] Ball log10() const {
    Ball ten(10.0);
    return log() / ten.log();
  }
  /// x·2^e.
  [[nodiscard]] Ball times_power_of_two(slong e) const {
    Ball result;
    arb_mul_2exp_si(result.x_, x_, e);
    return result;
  }
  /// 10^k.
  static Ball power_of_ten(slong k) {
    Ball ten(10.0), result;
    fmpz_t exponent;
    fmpz_init_set_si(exponent, k);
    arb_pow_fmpz(result.x_, ten.x_, exponent, oracle_bits);
    fmpz_clear(exponent);
    return result;
  }
  [[nodiscard]] double middle() const { return arf_get_d(arb_midref(x_), ARF_RND_NEAR); }

 private:
  template <typename Function, typename... Balls>
  static Ball apply(Function function, const Balls&... arguments) {
    Ball result;
    function(result.x_, arguments.x_..., oracle_bits);
    return result;
  }

  arb_t x_;
};

/// A complex ball with value semantics.
class ComplexBall {
 public:
  ComplexBall() { acb_init(z_); }
  ComplexBall(const ComplexBall& other) : ComplexBall() { acb_set(z_, other.z_); }
  ComplexBall(ComplexBall&& other) noexcept : ComplexBall() { acb_swap(z_, other.z_); }
  ComplexBall& operator=(ComplexBall other) {
    acb_swap(z_, other.z_);
    return *this;
  }
  ~ComplexBall() { acb_clear(z_); }

  acb_ptr get() { return z_; }
  [[nodiscard]] acb_srcptr get() const { return z_; }
  [[nodiscard]] Ball abs(slong bits = oracle_bits) const {
    Ball result;
    acb_abs(result.get(), z_, bits);
    return result;
  }

 private:
  acb_t z_;
};

/// An integer polynomial with value semantics.
class IntegerPolynomial {
 public:
  IntegerPolynomial() { fmpz_poly_init(p_); }
  IntegerPolynomial(const IntegerPolynomial& other) : IntegerPolynomial() { fmpz_poly_set(p_, other.p_); }
  IntegerPolynomial& operator=(IntegerPolynomial other) {
    fmpz_poly_swap(p_, other.p_);
    return *this;
  }
  ~IntegerPolynomial() { fmpz_poly_clear(p_); }

  fmpz_poly_struct* get() { return p_; }
  [[nodiscard]] const fmpz_poly_struct* get() const { return p_; }
  [[nodiscard]] slong degree() const { return fmpz_poly_degree(p_); }

 private:
  fmpz_poly_t p_;
};

}  // namespace tmm::test
