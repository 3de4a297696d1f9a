// SPDX-License-Identifier: MIT
#include "analysis/symbol/ball_zeros.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "analysis/base/arb.hpp"
#include "analysis/symbol/graded_zeros.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<long double>;

constexpr std::size_t largest_length = 4096;
constexpr slong first_bits = 128, most_bits = slong{1} << 16;
constexpr double work_limit = 2e9;  // about nanoseconds

/// Owners of FLINT and Arb variables.
struct Polynomial {
  fmpz_poly_t p;
  Polynomial() { fmpz_poly_init(p); }
  ~Polynomial() { fmpz_poly_clear(p); }
  Polynomial(const Polynomial&) = delete;
  Polynomial& operator=(const Polynomial&) = delete;
};
struct Factors {
  fmpz_poly_factor_t f;
  Factors() { fmpz_poly_factor_init(f); }
  ~Factors() { fmpz_poly_factor_clear(f); }
  Factors(const Factors&) = delete;
  Factors& operator=(const Factors&) = delete;
};
struct BallPolynomial {
  acb_poly_t p;
  BallPolynomial() { acb_poly_init(p); }
  ~BallPolynomial() { acb_poly_clear(p); }
  BallPolynomial(const BallPolynomial&) = delete;
  BallPolynomial& operator=(const BallPolynomial&) = delete;
};
struct Ball {
  acb_t z;
  Ball() { acb_init(z); }
  ~Ball() { acb_clear(z); }
  Ball(const Ball&) = delete;
  Ball& operator=(const Ball&) = delete;
};

/// 2^e Σ w_k z^k with the smallest e that makes every coefficient an integer.
void to_integers(Polynomial& a, std::span<const double> taps) {
  int low = std::numeric_limits<int>::max();
  for (const double w : taps)
    if (w != 0) low = std::min(low, std::ilogb(w) - 52);
  fmpz_t integer;
  fmpz_init(integer);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    if (taps[k] == 0) continue;
    int exponent = 0;
    const double fraction = std::frexp(taps[k], &exponent);
    fmpz_set_d(integer, std::ldexp(fraction, 53));
    fmpz_mul_2exp(integer, integer, static_cast<ulong>(exponent - 53 - low));
    fmpz_poly_set_coeff_fmpz(a.p, static_cast<slong>(k), integer);
  }
  fmpz_clear(integer);
}

/// Midpoint to 64 bits.
long double to_long_double(const arf_t x) {
  arf_t part, rest;
  fmpz_t exponent;
  arf_init(part);
  arf_init(rest);
  fmpz_init(exponent);
  arf_frexp(part, exponent, x);
  const double high = arf_get_d(part, ARF_RND_NEAR);
  arf_set_d(rest, high);
  arf_sub(rest, part, rest, 64, ARF_RND_NEAR);
  const long double mantissa = static_cast<long double>(high) + arf_get_d(rest, ARF_RND_NEAR);
  const slong e = fmpz_fits_si(exponent) ? fmpz_get_si(exponent) : 0;
  arf_clear(part);
  arf_clear(rest);
  fmpz_clear(exponent);
  return std::ldexp(mantissa, static_cast<int>(std::clamp(e, slong{-40000}, slong{40000})));
}

Complex midpoint(const acb_t z) {
  return {to_long_double(arb_midref(acb_realref(z))), to_long_double(arb_midref(acb_imagref(z)))};
}

/// x := y, all but the last bit of it.
void set_long_double(arf_t x, long double y) {
  int exponent = 0;
  const long double mantissa = std::frexp(y, &exponent);
  arf_set_si(x, static_cast<slong>(std::ldexp(mantissa, 62)));
  arf_mul_2exp_si(x, x, exponent - 62);
}

void set_complex(acb_t x, Complex y) {
  set_long_double(arb_midref(acb_realref(x)), y.real());
  set_long_double(arb_midref(acb_imagref(x)), y.imag());
}

long double log2_upper(const acb_t z) {
  mag_t bound;
  mag_init(bound);
  acb_get_mag(bound, z);
  long double result = -std::numeric_limits<long double>::infinity();
  if (mag_is_inf(bound))
    result = -result;
  else if (!mag_is_zero(bound))
    result = static_cast<long double>(fmpz_get_d(MAG_EXPREF(bound))) +
             std::log2(std::ldexp(static_cast<long double>(MAG_MAN(bound)), -MAG_BITS));
  mag_clear(bound);
  return result;
}

/// The zeros of one squarefree polynomial.
class Separation {
 public:
  Separation(const fmpz_poly_t f, std::span<const Complex> start, double& work)
      : f_(f),
        work_(work),
        z_(_acb_vec_init(static_cast<slong>(start.size()))),
        near_(start.begin(), start.end()) {
    for (std::size_t i = 0; i < near_.size(); ++i) {
      set_complex(at(i), near_[i]);
      near_[i] = midpoint(at(i));
    }
  }
  ~Separation() { _acb_vec_clear(z_, static_cast<slong>(near_.size())); }
  Separation(const Separation&) = delete;
  Separation& operator=(const Separation&) = delete;

  /// The discs once all are isolated or the work is used up.
  std::vector<ZeroDisc> run() {
    std::vector<ZeroDisc> discs;
    std::vector<std::size_t> active(near_.size());
    for (std::size_t i = 0; i < active.size(); ++i) active[i] = i;
    for (slong bits = first_bits; bits <= most_bits; bits *= 2) {
      acb_poly_set_fmpz_poly(polynomial_.p, f_, bits);
      if (bits > first_bits) iterate(active, bits);
      discs = smith_discs_in_balls(bits);
      active = crowded(discs);
      if (active.empty() || work_ > work_limit) break;
    }
    return discs;
  }

 private:
  [[nodiscard]] acb_ptr at(std::size_t i) const { return z_ + i; }

  static std::vector<std::size_t> crowded(std::span<const ZeroDisc> discs) {
    const std::vector<std::size_t> component = connected_components(discs);
    std::vector<std::size_t> size(discs.size(), 0), result;
    for (const std::size_t c : component) ++size[c];
    for (std::size_t i = 0; i < discs.size(); ++i)
      // A disc that is nearly as large as its distance from 0 says too little of the zero's modulus.
      if (size[component[i]] > 1 || !(discs[i].radius <= 0x1p-50L * std::abs(discs[i].z)))
        result.push_back(i);
    return result;
  }

  /// z_i − z_j to at least 20 bits.
  [[nodiscard]] Complex difference(std::size_t i, std::size_t j) const {
    const Complex rough = near_[i] - near_[j];
    const long double size = std::fabs(rough.real()) + std::fabs(rough.imag());
    if (size > 0x1p-40L * (std::fabs(near_[i].real()) + std::fabs(near_[i].imag()))) return rough;
    Ball exact;
    acb_sub(exact.z, at(i), at(j), ARF_PREC_EXACT);
    return midpoint(exact.z);
  }

  void iterate(std::vector<std::size_t> active, slong bits) {
    constexpr int most_sweeps = 60;
    Ball value, slope, quotient;
    for (int sweep = 0; sweep < most_sweeps && !active.empty() && work_ <= work_limit; ++sweep) {
      std::vector<std::size_t> moving;
      for (const std::size_t i : active) {
        evaluate(value, slope, i, bits);
        if (acb_contains_zero(value.z)) continue;
        acb_get_mid(value.z, value.z);
        acb_get_mid(slope.z, slope.z);
        acb_div(quotient.z, value.z, slope.z, bits);
        const Complex newton = midpoint(quotient.z);
        long double nearest = std::numeric_limits<long double>::infinity();
        Complex sum = 0;
        for (std::size_t j = 0; j < near_.size(); ++j) {
          if (j == i) continue;
          const Complex d = difference(i, j);
          const long double norm = std::norm(d);
          nearest = std::fmin(nearest, norm);
          if (norm > 0) sum += std::conj(d) / norm;
        }
        Complex step = newton / (1.0L - newton * sum);
        if (nearest == 0 || !std::isfinite(std::abs(step)))
          step = near_[i] * std::polar(0x1p-50L, 2.4L * static_cast<long double>(i) + 1);
        else if (std::abs(step) > 0x1p-70L * std::fmin(std::sqrt(nearest), std::abs(near_[i])))
          moving.push_back(i);
        if (nearest == 0) moving.push_back(i);
        move(i, step, bits);
        if (work_ > work_limit) return;
      }
      active = std::move(moving);
    }
  }

  void evaluate(Ball& value, Ball& slope, std::size_t i, slong bits) {
    acb_poly_evaluate2(value.z, slope.z, polynomial_.p, at(i), bits);
    work_ += static_cast<double>(near_.size()) * (250 + static_cast<double>(bits));
  }

  void move(std::size_t i, Complex step, slong bits) {
    Ball change;
    set_complex(change.z, step);
    acb_sub(at(i), at(i), change.z, bits + 64);
    acb_get_mid(at(i), at(i));
    near_[i] = midpoint(at(i));
  }

  std::vector<ZeroDisc> smith_discs_in_balls(slong bits) {
    const auto degree = static_cast<long double>(near_.size());
    slong exponent = 0;
    const double leading = fmpz_get_d_2exp(&exponent, fmpz_poly_lead(f_));
    const long double log2_leading =
        std::log2(std::fabs(static_cast<long double>(leading))) + static_cast<long double>(exponent);
    std::vector<ZeroDisc> discs;
    Ball value, slope;
    for (std::size_t i = 0; i < near_.size(); ++i) {
      evaluate(value, slope, i, bits);
      long double product = 1;
      std::int64_t product_exponent = 0;
      for (std::size_t j = 0; j < near_.size(); ++j) {
        if (j == i) continue;
        int shift = 0;
        product = std::frexp(product * std::norm(difference(i, j)), &shift);
        product_exponent += shift;
      }
      const long double spread = (std::log2(product) + static_cast<long double>(product_exponent)) / 2;
      // 4096 differences to 20 bits each: within 1 %.
      long double radius = 1.02L * std::exp2(std::log2(degree) + log2_upper(value.z) - log2_leading - spread);
      if (std::isnan(radius)) radius = std::numeric_limits<long double>::infinity();
      discs.push_back({near_[i], radius + 0x1p-61L * std::abs(near_[i])});
    }
    return discs;
  }

  const fmpz_poly_struct* f_;
  double& work_;
  acb_ptr z_;
  std::vector<Complex> near_;  // z_ to 64 bits
  BallPolynomial polynomial_;
};

/// Coefficients to double precision, the largest near 1.
std::vector<long double> rounded_coefficients(const fmpz_poly_t f) {
  const slong length = fmpz_poly_length(f), top = std::abs(fmpz_poly_max_bits(f));
  std::vector<long double> c;
  for (slong k = 0; k < length; ++k) {
    slong exponent = 0;
    const double mantissa = fmpz_get_d_2exp(&exponent, fmpz_poly_get_coeff_ptr(f, k));
    c.push_back(std::ldexp(static_cast<long double>(mantissa), static_cast<int>(exponent - top)));
  }
  return c;
}

}  // namespace

std::optional<std::vector<ZeroDisc>> ball_zeros(std::span<const double> taps,
                                                std::span<const ZeroDisc> discs) {
  if (taps.size() > largest_length) return std::nullopt;
  Polynomial a;
  to_integers(a, taps);
  Factors factors;
  fmpz_poly_factor_squarefree(factors.f, a.p);
  std::vector<ZeroDisc> result;
  double work = 0;
  for (slong i = 0; i < factors.f->num; ++i) {
    const fmpz_poly_struct* f = factors.f->p + i;
    std::vector<Complex> start;
    if (fmpz_poly_degree(f) == static_cast<slong>(discs.size()))
      for (const ZeroDisc& disc : discs) start.push_back(disc.z);
    else
      start = graded_zeros(rounded_coefficients(f));
    if (static_cast<slong>(start.size()) != fmpz_poly_degree(f)) return std::nullopt;
    for (const ZeroDisc& disc : Separation(f, start, work).run())
      result.insert(result.end(), static_cast<std::size_t>(factors.f->exp[i]), disc);
  }
  if (result.size() != discs.size()) return std::nullopt;
  return result;
}

int side_of_circle(std::span<const double> taps, const Zero& zero, double tau, std::size_t n) {
  Polynomial a;
  to_integers(a, taps);
  const slong degree = fmpz_poly_degree(a.p);
  BallPolynomial polynomial;
  Ball z, value, slope, distance, bound, power;
  const auto on_circle = [&] {  // exact where the balls are
    constexpr slong exact_bits = 1 << 16;
    acb_set_d_d(z.z, zero.z.real(), zero.z.imag());
    acb_poly_set_fmpz_poly(polynomial.p, a.p, exact_bits);
    acb_poly_evaluate(value.z, polynomial.p, z.z, exact_bits);
    acb_abs(acb_realref(power.z), z.z, exact_bits);
    arb_pow_ui(acb_realref(power.z), acb_realref(power.z), n, exact_bits);
    arb_set_d(acb_realref(bound.z), tau);
    return acb_is_zero(value.z) && arb_equal(acb_realref(power.z), acb_realref(bound.z));
  };
  if (zero.z.imag() == 0 && on_circle()) return -1;
  acb_set_d_d(z.z, zero.z.real(), zero.z.imag());
  for (slong bits = 256; bits <= 2048; bits *= 2) {
    acb_poly_set_fmpz_poly(polynomial.p, a.p, bits);
    for (int step = 0; step < 8; ++step) {
      acb_poly_evaluate2(value.z, slope.z, polynomial.p, z.z, bits);
      acb_div(value.z, value.z, slope.z, bits);
      if (!acb_is_finite(value.z)) return 0;
      if (step == 7) break;
      acb_sub(z.z, z.z, value.z, bits);
      acb_get_mid(z.z, z.z);
    }
    acb_mul_si(value.z, value.z, degree, bits);
    acb_abs(acb_realref(bound.z), value.z, bits);  // the radius of a disc that holds a zero
    acb_set_d_d(distance.z, zero.z.real(), zero.z.imag());
    acb_sub(distance.z, distance.z, z.z, bits);
    acb_abs(acb_realref(distance.z), distance.z, bits);
    arb_add(acb_realref(distance.z), acb_realref(distance.z), acb_realref(bound.z), bits);
    arb_set_d(acb_realref(slope.z), zero.radius);
    if (!arb_le(acb_realref(distance.z), acb_realref(slope.z))) return 0;  // not in the isolated disc
    acb_abs(acb_realref(power.z), z.z, bits);
    arb_add_error(acb_realref(power.z), acb_realref(bound.z));
    arb_pow_ui(acb_realref(power.z), acb_realref(power.z), n, bits);
    arb_set_d(acb_realref(slope.z), tau);
    if (arb_le(acb_realref(power.z), acb_realref(slope.z))) return -1;
    if (arb_gt(acb_realref(power.z), acb_realref(slope.z))) return 1;
  }
  return 0;
}

}  // namespace tmm::analysis
