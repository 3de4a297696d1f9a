// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_polygon.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include "../symbols.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/symbol/symbol_values.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using namespace tmm::test;
using analysis::SymbolPolygon;

namespace {

using Complex = std::complex<double>;

/// Winding number of a closed polygon about 0: signed crossings of the positive real half-line.
std::int64_t crossings(const std::vector<Complex>& p) {
  std::int64_t count = 0;
  for (std::size_t i = 1; i < p.size(); ++i) {
    const Complex a = p[i - 1], b = p[i];
    if ((a.imag() < 0) == (b.imag() < 0)) continue;
    const long double side =
        static_cast<long double>(a.real()) * b.imag() - static_cast<long double>(a.imag()) * b.real();
    if (a.imag() < 0 && side > 0) ++count;
    if (a.imag() >= 0 && side < 0) --count;
  }
  return count;
}

double from_segment(Complex p, Complex a, Complex b) {
  const Complex d = b - a;
  const double length = std::norm(d);
  const double t = length > 0 ? std::clamp(std::real((p - a) * std::conj(d)) / length, 0.0, 1.0) : 0.0;
  return std::abs(a + t * d - p);
}

double clearance(const std::vector<Complex>& p) {
  double least = std::abs(p.front());
  for (std::size_t i = 1; i < p.size(); ++i) least = std::min(least, from_segment(0, p[i - 1], p[i]));
  return least;
}

/// Largest distance of the curve, at angles between the vertices of up to 3000 edges, from the edge that
/// stands for it; in the polygon's units.
double distance(const Taps& taps, const SymbolPolygon& p) {
  Taps scaled(taps);
  for (double& w : scaled) w = std::ldexp(w, -p.exponent);
  std::vector<double> thetas;
  std::vector<std::size_t> edges;
  const std::size_t half = p.theta.size() / 2, stride = half / 3000 + 1;
  for (std::size_t i = 1; i <= half; i += stride)
    for (const double t : {0.21, 0.5, 0.83}) {
      thetas.push_back(p.theta[i - 1] + t * (p.theta[i] - p.theta[i - 1]));
      edges.push_back(i);
    }
  std::vector<Complex> values(thetas.size());
  analysis::symbol_values(scaled, thetas, values);
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    most = std::max(most, from_segment(values[i], p.scaled[edges[i] - 1], p.scaled[edges[i]]));
  return most;
}

/// Closed, ascending, conjugate, and all that it says of itself true.
void check_truthful(const Taps& taps, const SymbolPolygon& p) {
  REQUIRE(p.theta.size() == p.scaled.size());
  REQUIRE(p.theta.size() >= 3);
  CHECK(p.theta.front() == 0);
  CHECK(p.theta.back() == 2 * std::numbers::pi);
  CHECK(std::ranges::is_sorted(p.theta));
  CHECK(p.scaled.front() == p.scaled.back());
  CHECK(std::equal(p.scaled.begin(), p.scaled.end(), p.scaled.rbegin(),
                   [](Complex a, Complex b) { return a == std::conj(b); }));
  CHECK(distance(taps, p) <= p.scaled_distance);
  CHECK(p.winding.has_value() == (p.scaled_clearance > 0));
  if (p.winding) {
    CHECK(crossings(p.scaled) == *p.winding);
    CHECK(clearance(p.scaled) >= p.scaled_clearance);
  }
  CHECK(p.reason.empty() == (p.winding && p.within_tolerance));
}

SymbolPolygon certified(const Taps& taps, double tolerance = 0) {
  const analysis::Winding winding = analysis::winding_number(taps);
  REQUIRE(winding.status == analysis::IndexStatus::certified);
  const SymbolPolygon p =
      analysis::symbol_polygon(taps, {.scaled_tolerance = tolerance, .scaled_margin = winding.scaled_margin});
  CHECK(p.exponent == winding.exponent);
  check_truthful(taps, p);
  CHECK(p.winding == winding.number);
  CHECK(p.within_tolerance);
  CHECK(p.scaled_clearance >= winding.scaled_margin * (1 - 0x1p-10));
  if (tolerance > 0) CHECK(p.scaled_distance <= tolerance * (1 + 1e-9));
  return p;
}

}  // namespace

TEST_CASE("polygons of all trained symbols have the certified winding number and keep off the proven disc") {
  std::size_t operators = 0;
  for (const char* file :
       {"ae_flat.h5", "clm_flat.h5", "clm_h4.h5", "copy_d512_n512_toeplitz_only.h5", "copy_flat.h5"})
    for (const auto& layer : trained_operators(file)) {
      INFO(file << " " << layer.name);
      certified(layer.taps);
      ++operators;
    }
  if (operators == 0) WARN("skipped: no reference checkpoints beside the repository");
}

TEST_CASE("polygons stay within the tolerance that was asked for, with no more vertices than that takes") {
  const Taps taps = multiply(gaussian_taps(60, 3), zero_pair(0.9999, 1.0));
  std::size_t before = certified(taps, 0.1).theta.size();
  for (const double tolerance : {1e-3, 1e-5}) {
    const std::size_t vertices = certified(taps, tolerance).theta.size();
    CHECK(vertices > before);
    CHECK(vertices < 12 * before);  // they grow as the square root: the distance is quadratic in the step
    before = vertices;
  }
}

TEST_CASE("polygons can be finer about 0 than elsewhere") {
  const Taps taps = multiply(gaussian_taps(60, 3), zero_pair(0.9999, 1.0));
  const SymbolPolygon p = analysis::symbol_polygon(taps, {.scaled_tolerance = 1e-6, .scaled_near = 0.02});
  const SymbolPolygon everywhere = analysis::symbol_polygon(taps, {.scaled_tolerance = 1e-6});
  CHECK(p.within_tolerance);
  CHECK(p.scaled_distance > 1e-6);
  CHECK(p.scaled.size() < everywhere.scaled.size() / 10);
  Taps scaled(taps);
  for (double& w : scaled) w = std::ldexp(w, -p.exponent);
  std::size_t near = 0;
  for (std::size_t i = 1; i < p.scaled.size(); ++i) {
    const Complex a = p.scaled[i - 1], b = p.scaled[i];
    if (from_segment(0, a, b) > 0.02) continue;
    ++near;
    CHECK(from_segment(symbol_at(scaled, (p.theta[i - 1] + p.theta[i]) / 2), a, b) <= 1e-6);
  }
  CHECK(near > 0);
  CHECK_THROWS_AS(analysis::symbol_polygon(taps, {.scaled_near = 0}), ArgumentError);
}

TEST_CASE("polygons of simple symbols") {
  CHECK(certified({-3}).winding == 0);
  CHECK(certified({5, 0, 0, 0}).winding == 0);
  CHECK(certified({0, 0, 0, 1}).winding == 3);  // |a| = 1: no polygon keeps off the whole disc
  CHECK(certified({1, 2.5, 1}).winding == 1);
  Taps delay(100);
  delay.back() = 1;
  CHECK(certified(delay).winding == 99);
}

TEST_CASE("polygons of symbols whose zeros nearly meet the circle") {
  for (const double gap : {1e-3, 1e-6, 1e-9, 1e-12}) {
    INFO(gap);
    CHECK(certified(multiply(zero_pair(1 - gap, 0.7), {4, 1})).winding == 2);
    CHECK(certified(multiply(zero_pair(1 + gap, 0.7), {4, 1})).winding == 0);
  }
}

TEST_CASE("polygons of symbols beyond the range of squares") {
  for (const double factor : {1e300, 1e-300, 1e-320}) {
    Taps taps{1, 2.5, 1, 0.25};
    for (double& w : taps) w *= factor;
    const SymbolPolygon p = certified(taps);
    CHECK(p.winding == certified({1, 2.5, 1, 0.25}).winding);
    CHECK(p.scaled_clearance > 0.05);
  }
}

TEST_CASE("polygons say what could not be established") {
  const SymbolPolygon through = analysis::symbol_polygon(Taps{1, 1});  // a(−1) = 0
  check_truthful({1, 1}, through);
  CHECK_FALSE(through.winding);
  CHECK(through.within_tolerance);
  CHECK(through.reason == "no disc about 0 is known to be free of the curve");

  const SymbolPolygon zero = analysis::symbol_polygon(Taps{0, 0});
  check_truthful({0, 0}, zero);
  CHECK_FALSE(zero.winding);

  const analysis::PolygonOptions false_disc{.scaled_tolerance = 0.01, .scaled_margin = 0.1};
  const SymbolPolygon refused = analysis::symbol_polygon(Taps{1, 1}, false_disc);
  check_truthful({1, 1}, refused);
  CHECK_FALSE(refused.winding);
  CHECK(refused.reason == "the curve meets the disc that was said to be free of it");

  const Taps near = multiply(zero_pair(1, 0.7), {1, -3, 1});  // on the circle, for all that doubles tell
  const SymbolPolygon lost =
      analysis::symbol_polygon(near, {.scaled_tolerance = 0.01, .scaled_margin = 1e-18});
  check_truthful(near, lost);
  CHECK_FALSE(lost.winding);
  CHECK(lost.within_tolerance);
  CHECK(lost.reason == "the curve passes 0 too near to be drawn clear of it: double precision ends before");

  const Taps wide = gaussian_taps(100, 5);
  const SymbolPolygon few = analysis::symbol_polygon(wide, {.scaled_tolerance = 1e-9, .most_vertices = 4000});
  check_truthful(wide, few);
  CHECK_FALSE(few.within_tolerance);
  CHECK(few.theta.size() <= 2 * (4000 + 2048));
  CHECK(few.reason.find("vertices") != std::string::npos);

  const SymbolPolygon fine =
      analysis::symbol_polygon(Taps{1, 0.5}, {.scaled_tolerance = 1e-17, .most_vertices = 1000});
  CHECK_FALSE(fine.within_tolerance);
}

TEST_CASE("polygon of a long symbol") {
  const SymbolPolygon p = certified(gaussian_taps(4096, 7));
  CHECK(p.theta.size() < 64 * 4096);
}

TEST_CASE("polygons refuse what is no symbol or no length") {
  CHECK_THROWS_AS(analysis::symbol_polygon(Taps{}), ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_polygon(Taps{NAN}), ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_polygon(Taps{1}, {.scaled_tolerance = -1}), ArgumentError);
  CHECK_THROWS_AS(analysis::symbol_polygon(Taps{1}, {.scaled_margin = INFINITY}), ArgumentError);
}
