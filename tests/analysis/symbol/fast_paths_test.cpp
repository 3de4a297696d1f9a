// SPDX-License-Identifier: MIT
// What runs on many points at a time against its plain twin, bit for bit: width changes no result. Compiled
// without fused operations, as the library is.
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "analysis/index/index_radius.hpp"
#include "analysis/symbol/proven_fft.hpp"
#include "analysis/symbol/repulsion.hpp"
#include "analysis/symbol/symbol_evaluator.hpp"
#include "analysis/symbol/symbol_maximum.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::reciprocal, analysis::SymbolEvaluator, analysis::times;
using test::Taps;
using Complex = std::complex<double>;

namespace {

std::vector<Complex> points_near_circle(std::size_t count, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> modulus(1, 0.05);
  std::uniform_real_distribution<double> angle(-3.2, 3.2);
  std::vector<Complex> points;
  for (std::size_t i = 0; i < count; ++i) points.push_back(std::polar(modulus(engine), angle(engine)));
  return points;
}

/// a/a' at z, for |z| > 1 by the reversal at 1/z.
Complex plain_correction(const Taps& w, Complex z) {
  const bool outside = std::norm(z) > 1;
  const Complex x = outside ? reciprocal(z) : z;
  Complex p = 0, d = 0;
  for (std::size_t k = 0; k < w.size(); ++k) {
    d = times(d, x) + p;
    p = times(p, x) + (outside ? w[k] : w[w.size() - 1 - k]);
  }
  if (!outside) return times(p, reciprocal(d));
  const Complex slope = static_cast<double>(w.size() - 1) * p - times(x, d);
  return times(p, reciprocal(times(x, slope)));
}

Complex plain_repulsion(const std::vector<Complex>& z, std::size_t i) {
  double re = 0, im = 0;
  for (const Complex other : z) {
    const Complex difference = z[i] - other;
    const double norm = std::norm(difference), scale = norm > 0 ? 1 / norm : 0;
    re += difference.real() * scale;
    im -= difference.imag() * scale;
  }
  return {re, im};
}

/// Of the samples that symbol_maximum takes, all of them, each with its root. w: max|w| in [½, 1).
double plain_largest_sample(const Taps& w, std::size_t shifts) {
  const analysis::ProvenFft fft(4 * std::bit_ceil(w.size()));
  const analysis::RootsOfUnity roots(fft.length() * shifts);
  double largest = 0;
  for (std::size_t r = 0; r < shifts; ++r) {
    std::vector<double> re(fft.length()), im(fft.length());
    for (std::size_t k = 0; k < w.size(); ++k) {
      re[fft.slot(k)] = w[k] * roots(k * r).real();
      im[fft.slot(k)] = w[k] * roots(k * r).imag();
    }
    fft.transform(re.data(), im.data());
    for (std::size_t l = 0; l < fft.length(); ++l) largest = std::max(largest, std::hypot(re[l], im[l]));
  }
  return largest;
}

}  // namespace

TEST_CASE("Newton's corrections at many points are those of a plain Horner scheme, bit for bit") {
  for (const std::size_t n : {2U, 3U, 16U, 17U, 255U, 512U})
    for (const std::size_t count : {1U, 7U, 16U, 33U, 100U}) {
      const Taps w = test::gaussian_taps(n, n + count);
      const std::vector<Complex> z = points_near_circle(count, 5);
      std::vector<Complex> corrections(count);
      std::vector<char> tiny(count);
      SymbolEvaluator(w).corrections(z, corrections, tiny);
      for (std::size_t i = 0; i < count; ++i) {
        INFO(n << " weights, point " << i << " of " << count);
        CHECK(corrections[i] == plain_correction(w, z[i]));
      }
    }
}

TEST_CASE(
    "the repulsion of many points is the plain sum, bit for bit, and points in one place do not count") {
  for (const std::size_t count : {1U, 2U, 16U, 17U, 200U}) {
    std::vector<Complex> z = points_near_circle(count, 7);
    if (count > 2) z[2] = z[0];
    std::vector<double> re, im;
    for (const Complex point : z) re.push_back(point.real()), im.push_back(point.imag());
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < count; i += 1 + i % 3) numbers.push_back(i);
    std::vector<Complex> sums(numbers.size());
    analysis::repulsion(re, im, numbers, sums);
    for (std::size_t m = 0; m < numbers.size(); ++m) CHECK(sums[m] == plain_repulsion(z, numbers[m]));
  }
}

TEST_CASE("inclusion radii of conjugate pairs, evaluated once, are those of every point alone") {
  const Taps w = test::gaussian_taps(120, 3);
  std::vector<Complex> z;
  for (const Complex point : points_near_circle(40, 9)) {
    z.push_back(std::conj(point));
    z.push_back(point);
    z.emplace_back(point.real());
  }
  const SymbolEvaluator evaluator(w);
  const auto together = evaluator.inclusion_radii(z);
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto alone = evaluator.inclusion_radii(std::span(&z[i], 1));
    CHECK(together[i].usual == alone[0].usual);
    CHECK(together[i].careful == alone[0].careful);
  }
}

TEST_CASE("a transform whose first stages are copies is the whole one, bit for bit") {
  for (const std::size_t copies : {1U, 2U, 4U, 16U}) {
    const analysis::ProvenFft fft(64);
    const Taps x = test::gaussian_taps(64 / copies, copies);
    std::vector<double> re(64), im(64), copied_re(64), copied_im(64);
    for (std::size_t k = 0; k < x.size(); ++k) {
      re[fft.slot(k)] = x[k];
      im[fft.slot(k)] = x[x.size() - 1 - k];
      for (std::size_t i = 0; i < copies; ++i) {
        copied_re[fft.slot(k) + i] = re[fft.slot(k)];
        copied_im[fft.slot(k) + i] = im[fft.slot(k)];
      }
    }
    fft.transform(re.data(), im.data());
    fft.transform(copied_re.data(), copied_im.data(), copies);
    CHECK(re == copied_re);
    CHECK(im == copied_im);
  }
}

TEST_CASE("max|a| from mirror images and squares is that of all samples, bit for bit") {
  for (const std::size_t n : {1U, 2U, 5U, 16U, 100U, 300U}) {
    Taps w = test::gaussian_taps(n, n);
    double most = 0, sum = 0;
    for (const double x : w) most = std::max(most, std::fabs(x));
    for (double& x : w) sum += std::fabs(x = std::ldexp(x, -std::ilogb(most) - 1));
    const double sample = plain_largest_sample(w, 16);
    const analysis::ProvenFft fft(4 * std::bit_ceil(n));
    const double u = analysis::unit_roundoff;
    const double error = (fft.error_factor() + 16 * u) * sum * 1.001 + 4 * u * sample;
    CHECK(analysis::symbol_maximum(w).scaled_lower == sample - error);
  }
}

TEST_CASE("distances at eight angles are those at each of them, bit for bit") {
  for (const std::size_t n : {2U, 63U, 64U, 65U, 200U}) {
    const Taps w = test::gaussian_taps(n, n);
    const std::array<double, analysis::radius_lanes> theta{0,        1e-5, 0.3, 1, 2, 3, std::numbers::pi,
                                                           3.1415926};
    const auto radii = analysis::index_radii_at(w, theta);
    for (std::size_t i = 0; i < theta.size(); ++i) CHECK(radii[i] == analysis::index_radius_at(w, theta[i]));
  }
}
