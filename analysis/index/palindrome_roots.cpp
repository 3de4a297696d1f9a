// SPDX-License-Identifier: MIT
#include "analysis/index/palindrome_roots.hpp"

#include <flint/fmpq.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace tmm::analysis {
namespace {

constexpr slong largest_half_degree = 1024;
constexpr int most_intervals = 4096;

/// G with s(z) = z^k G(z + 1/z), by Clenshaw's recurrence over z^j + z^−j = y (z^{j−1} + …) − (z^{j−2} + …).
void to_sum_variable(IntegerPolynomial& g, const IntegerPolynomial& s) {
  const slong k = s.degree() / 2;
  IntegerPolynomial next, after;
  for (slong j = k; j >= 1; --j) {  // b_j = c_j + y b_{j+1} − b_{j+2}, c_j = s_{k+j}
    fmpz_poly_set(g.p, next.p);
    fmpz_poly_shift_left(g.p, g.p, 1);
    fmpz_poly_sub(g.p, g.p, after.p);
    fmpz_poly_swap(after.p, next.p);
    fmpz_poly_swap(next.p, g.p);
    fmpz_t coefficient;
    fmpz_init(coefficient);
    fmpz_poly_get_coeff_fmpz(coefficient, next.p, 0);
    fmpz_add(coefficient, coefficient, fmpz_poly_get_coeff_ptr(s.p, k + j));
    fmpz_poly_set_coeff_fmpz(next.p, 0, coefficient);
    fmpz_clear(coefficient);
  }
  fmpz_poly_shift_left(g.p, next.p, 1);
  fmpz_poly_scalar_mul_si(after.p, after.p, 2);
  fmpz_poly_sub(g.p, g.p, after.p);
  fmpz_poly_zero(after.p);
  fmpz_poly_set_coeff_fmpz(after.p, 0, fmpz_poly_get_coeff_ptr(s.p, k));
  fmpz_poly_add(g.p, g.p, after.p);
}

/// h(x) := g(4x − 2).
void to_unit_interval(IntegerPolynomial& h, const IntegerPolynomial& g) {
  fmpz_t shift;
  fmpz_init_set_si(shift, -2);
  fmpz_poly_taylor_shift(h.p, g.p, shift);
  fmpz_clear(shift);
  for (slong i = 0; i <= h.degree(); ++i)
    fmpz_mul_2exp(fmpz_poly_get_coeff_ptr(h.p, i), fmpz_poly_get_coeff_ptr(h.p, i),
                  static_cast<ulong>(2 * i));
}

void shift_by_one(IntegerPolynomial& h) {
  fmpz_t one;
  fmpz_init_set_ui(one, 1);
  fmpz_poly_taylor_shift(h.p, h.p, one);
  fmpz_clear(one);
}

/// Sign variations of (1 + x)^k h(1/(1 + x)): zeros of h in (0, 1) plus an even number.
int variations(const IntegerPolynomial& h) {
  IntegerPolynomial turned;
  fmpz_poly_reverse(turned.p, h.p, fmpz_poly_length(h.p));
  shift_by_one(turned);
  int count = 0, sign = 0;
  for (slong i = 0; i <= turned.degree(); ++i) {
    const int next = fmpz_sgn(fmpz_poly_get_coeff_ptr(turned.p, i));
    if (next != 0 && sign * next < 0) ++count;
    if (next != 0) sign = next;
  }
  return count;
}

/// θ = arccos(y/2) with y = 4·position/2^depth − 2.
double angle_at(const fmpz_t position, ulong depth) {
  const slong bits = static_cast<slong>(depth) + 256;
  arb_t y, theta;
  arb_init(y);
  arb_init(theta);
  arb_set_fmpz(y, position);
  arb_mul_2exp_si(y, y, 1 - static_cast<slong>(depth));
  arb_sub_ui(y, y, 1, bits);
  arb_acos(theta, y, bits);
  const double angle = arf_get_d(arb_midref(theta), ARF_RND_NEAR);
  arb_clear(y);
  arb_clear(theta);
  return angle;
}

/// Sign of h(position/2^depth).
int sign_at(const IntegerPolynomial& h, const fmpz_t position, ulong depth) {
  fmpq_t x, value;
  fmpq_init(x);
  fmpq_init(value);
  fmpz_set(fmpq_numref(x), position);
  fmpz_one(fmpq_denref(x));
  fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), depth);
  fmpq_canonicalise(x);
  fmpz_poly_evaluate_fmpq(value, h.p, x);
  const int sign = fmpq_sgn(value);
  fmpq_clear(x);
  fmpq_clear(value);
  return sign;
}

/// [position, position + 1]/2^depth holds one simple zero: halves it a hundred times more.
double locate(const IntegerPolynomial& h, const fmpz_t position, ulong depth) {
  fmpz_t start, middle;
  fmpz_init_set(start, position);
  fmpz_init(middle);
  const int before = sign_at(h, start, depth);
  for (int step = 0; step < 100; ++step) {
    fmpz_mul_2exp(start, start, 1);
    ++depth;
    fmpz_add_ui(middle, start, 1);
    const int sign = sign_at(h, middle, depth);
    // An end at which h itself vanishes cannot be: such ends are zeros that were reported when they were cut.
    if (sign == 0 || sign == before) fmpz_set(start, middle);
    if (sign == 0) break;
  }
  const double theta = angle_at(start, depth);
  fmpz_clear(start);
  fmpz_clear(middle);
  return theta;
}

/// The part of (0, 1) from position/2^depth on, 2^−depth long, seen as (0, 1).
struct Interval {
  IntegerPolynomial h;
  fmpz_t position;
  ulong depth = 0;
  Interval() { fmpz_init(position); }
  ~Interval() { fmpz_clear(position); }
  Interval(const Interval&) = delete;
  Interval& operator=(const Interval&) = delete;
};

/// The two halves of an interval, the right one second; true if h vanishes between them.
bool halve(const Interval& whole, Interval& left, Interval& right) {
  // 2^k h(x/2)
  const slong k = whole.h.degree();
  fmpz_poly_set(left.h.p, whole.h.p);
  for (slong i = 0; i <= k; ++i)
    fmpz_mul_2exp(fmpz_poly_get_coeff_ptr(left.h.p, i), fmpz_poly_get_coeff_ptr(left.h.p, i),
                  static_cast<ulong>(k - i));
  fmpz_poly_primitive_part(left.h.p, left.h.p);
  fmpz_poly_set(right.h.p, left.h.p);
  shift_by_one(right.h);
  left.depth = right.depth = whole.depth + 1;
  fmpz_mul_2exp(left.position, whole.position, 1);
  fmpz_add_ui(right.position, left.position, 1);
  return fmpz_is_zero(fmpz_poly_get_coeff_ptr(right.h.p, 0)) != 0;
}

}  // namespace

PalindromeRoot find_palindrome_root(const IntegerPolynomial& s) {
  if (s.degree() < 2) return {CircleAnswer::none, 0};
  if (s.degree() / 2 > largest_half_degree) return {};
  IntegerPolynomial g, h;
  to_sum_variable(g, s);
  to_unit_interval(h, g);
  std::vector<std::unique_ptr<Interval>> stack;
  stack.push_back(std::make_unique<Interval>());
  fmpz_poly_set(stack.back()->h.p, h.p);
  for (int tried = 0; !stack.empty(); ++tried) {
    if (tried == most_intervals) return {};
    const std::unique_ptr<Interval> whole = std::move(stack.back());
    stack.pop_back();
    const int count = variations(whole->h);
    if (count == 0) continue;
    if (count == 1) return {CircleAnswer::exists, locate(h, whole->position, whole->depth)};
    auto left = std::make_unique<Interval>(), right = std::make_unique<Interval>();
    if (halve(*whole, *left, *right)) return {CircleAnswer::exists, angle_at(right->position, right->depth)};
    stack.push_back(std::move(left));
    stack.push_back(std::move(right));
  }
  return {CircleAnswer::none, 0};
}

}  // namespace tmm::analysis
