// SPDX-License-Identifier: MIT
#include "analysis/symbol/zeros.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "analysis/base/arb.hpp"
#include "analysis/symbol/zero_discs.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::symbol_zeros, analysis::Zero, analysis::Zeros, analysis::ZeroDisc;
using test::Taps;

namespace {

/// How many true zeros of the exact polynomial, found by FLINT to 128 bits, every component of discs holds.
struct ExactCount {
  std::vector<std::size_t> component, discs, zeros;
  std::size_t missed = 0;
};

void count_zero(ExactCount& count, const Zeros& found, const acb_t truth, slong multiplicity) {
  acb_t difference;
  arb_t distance;
  acb_init(difference);
  arb_init(distance);
  bool held = false;
  for (std::size_t i = 0; i < found.zeros.size() && !held; ++i) {
    const Zero& zero = found.zeros[i];
    acb_set_d_d(difference, zero.z.real(), zero.z.imag());
    acb_sub(difference, truth, difference, 256);
    acb_abs(distance, difference, 256);
    arf_t radius;
    arf_init(radius);
    arf_set_d(radius, zero.radius);
    if (arf_cmp(arb_midref(distance), radius) <= 0) {
      held = true;
      count.zeros[count.component[i]] += static_cast<std::size_t>(multiplicity);
    }
    arf_clear(radius);
  }
  if (!held) ++count.missed;
  acb_clear(difference);
  arb_clear(distance);
}

ExactCount count_exactly(const Taps& taps, const Zeros& found) {
  ExactCount count;
  std::vector<ZeroDisc> discs;
  for (const Zero& zero : found.zeros) discs.push_back({{zero.z.real(), zero.z.imag()}, zero.radius});
  count.component = analysis::connected_components(discs);
  count.discs.assign(discs.size(), 0);
  count.zeros.assign(discs.size(), 0);
  for (const std::size_t c : count.component) ++count.discs[c];
  fmpz_poly_t a;
  fmpz_t integer;
  fmpz_poly_init(a);
  fmpz_init(integer);
  for (std::size_t k = found.at_origin; k < taps.size(); ++k) {
    int exponent = 0;
    const double fraction = std::frexp(taps[k], &exponent);
    fmpz_set_d(integer, std::ldexp(fraction, 53));
    if (taps[k] != 0) fmpz_mul_2exp(integer, integer, static_cast<ulong>(exponent + 1100));
    fmpz_poly_set_coeff_fmpz(a, static_cast<slong>(k - found.at_origin), integer);
  }
  fmpz_poly_factor_t factors;
  fmpz_poly_factor_init(factors);
  fmpz_poly_factor_squarefree(factors, a);
  for (slong i = 0; i < factors->num; ++i) {
    const slong degree = fmpz_poly_degree(factors->p + i);
    acb_ptr roots = _acb_vec_init(degree);
    arb_fmpz_poly_complex_roots(roots, factors->p + i, 0, 128);
    for (slong j = 0; j < degree; ++j) count_zero(count, found, roots + j, factors->exp[i]);
    _acb_vec_clear(roots, degree);
  }
  fmpz_poly_factor_clear(factors);
  fmpz_clear(integer);
  fmpz_poly_clear(a);
  return count;
}

void check_discs(const Taps& taps) {
  const Zeros found = symbol_zeros(taps);
  const ExactCount count = count_exactly(taps, found);
  CAPTURE(taps);
  CHECK(count.missed == 0);
  CHECK(count.discs == count.zeros);
  for (const Zero& zero : found.zeros) {
    const auto same = [&](std::complex<double> z) {
      return std::ranges::count_if(found.zeros, [&](const Zero& other) { return other.z == z; });
    };
    CHECK(same(zero.z) == same(std::conj(zero.z)));
  }
}

Taps power(const Taps& factor, int exponent) {
  Taps product{1};
  for (int i = 0; i < exponent; ++i) product = test::multiply(product, factor);
  return product;
}

}  // namespace

TEST_CASE("zeros: approximations that coincide are separated") {
  check_discs({1, .5, .25, .125, .0625, .03125});
  Taps powers;
  for (int k = 0; k < 20; ++k) powers.push_back(std::pow(1 + 0x1p-52, k));
  check_discs(powers);
}

TEST_CASE("zeros: pairing conjugates keeps the real zero beside pairs of the same modulus") {
  const Taps taps{2, 5, 10.5, 13.75, 13.75, 10.5, 5, 2};  // (1 + z)(2 + z + 2 z²)³/4
  check_discs(taps);
  const Zeros found = symbol_zeros(taps);
  REQUIRE(found.zeros.size() == 7);
  CHECK(std::ranges::count_if(found.zeros, [](const Zero& zero) { return zero.z == -1.0; }) == 1);
  CHECK(std::ranges::count_if(found.zeros, [](const Zero& zero) { return zero.together == 3; }) == 6);
}

TEST_CASE("zeros: weights from one end of the double range to the other") {
  const double largest = std::numeric_limits<double>::max(),
               least = std::numeric_limits<double>::denorm_min();
  check_discs({largest, -largest, largest, largest / 2});
  check_discs({least, -3 * least, -least, 0, least, 0, 4 * least, -3 * least});
  check_discs({1, -1, -1, 1, -4.440892098500626e-16});
  // 1 + 1e300 z² + … and 1e300 + … + 2 z³ part: moduli 1e-300 and ∛(1e300/2).
  const Zeros graded = symbol_zeros(Taps{1e-300, 1, 1e300, 1, -1e-300, 2});
  REQUIRE(graded.zeros.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const double modulus = i < 2 ? 1e-300 : 1e100 / std::cbrt(2.0);
    CHECK(std::abs(graded.zeros[i].z) == Approx(modulus).epsilon(1e-12));
    CHECK(graded.zeros[i].radius < 1e-12 * modulus);
    CHECK(graded.zeros[i].together == 1);
  }
  const Zeros below = symbol_zeros(Taps{2.3e-236, 2.4e287});
  REQUIRE(below.zeros.size() == 1);
  CHECK(std::log10(below.zeros[0].most_modulus) == Approx(-523.0184834));
  CHECK(below.zeros[0].z == 0.0);
  CHECK(below.zeros[0].radius == least);
  CHECK(symbol_zeros(Taps{2.4e287, 2.3e-236}).zeros[0].least_modulus > 1e500L);
}

TEST_CASE("zeros: multiple, cyclotomic, lacunary and palindromic symbols") {
  for (const int exponent : {2, 5, 17, 40}) check_discs(power({1, 1}, exponent));
  check_discs(test::multiply(power({1, -2, 3}, 4), power({-1, 1}, 3)));
  check_discs(Taps(31, 1));
  Taps lacunary(60);
  lacunary[0] = 1, lacunary[7] = -3e20, lacunary[8] = 3e20, lacunary[59] = 1e-9;
  check_discs(lacunary);
  std::mt19937_64 random(12);
  for (int i = 0; i < 200; ++i) {
    Taps half(2 + random() % 8);
    for (double& w : half) w = static_cast<double>(random() % 7) - 3;
    half[0] = 1;
    Taps taps = half;
    if (i % 2 == 0) taps.insert(taps.end(), half.rbegin(), half.rend());
    if (i % 3 == 0) taps = test::multiply(taps, half);
    if (taps.back() == 0) taps.back() = 2;
    check_discs(taps);
  }
}

TEST_CASE("zeros: clusters closer than double precision, and weights of very different size") {
  std::mt19937_64 random(13);
  for (int i = 0; i < 40; ++i) {
    Taps taps{1};
    for (int j = 0; j < 2 + i % 6; ++j) taps = test::multiply(taps, {-1 - std::ldexp(1.0, -10 - j * 5), 1});
    check_discs(taps);
    Taps mixed(2 + random() % 9);
    for (double& w : mixed)
      w = std::ldexp(1 + static_cast<double>(random() % 1024) / 1024, static_cast<int>(random() % 100) - 50) *
          (random() % 2 == 0 ? 1 : -1);
    check_discs(mixed);
  }
}

TEST_CASE("zeros: a geometric sequence has its zeros on one circle") {
  Taps taps;
  for (int k = 0; k < 500; ++k) taps.push_back(std::pow(1.2, k));
  const Zeros found = symbol_zeros(taps);
  REQUIRE(found.zeros.size() == 499);
  for (const Zero& zero : found.zeros) {
    CHECK(std::abs(zero.z) == Approx(1 / 1.2).epsilon(1e-12));
    CHECK(zero.together == 1);
    CHECK(zero.radius < 1e-10);
  }
}
