// SPDX-License-Identifier: MIT
#include "analysis/index/certificate_check.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <numbers>

#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::find_fault, analysis::SettledArc, analysis::Winding;
using test::Taps;

namespace {

Winding certified(const Taps& taps) {
  analysis::WindingOptions options;
  options.keep_arcs = true;
  const Winding w = analysis::winding_number(taps, options);
  REQUIRE(w.status == analysis::IndexStatus::certified);
  REQUIRE_FALSE(w.certificate.path.empty());
  return w;
}

/// A prover that is wrong in one way: it expands to order 2 only and forgets the Taylor remainder, on coarse
/// arcs.
Winding forge_without_remainder(const Taps& taps, std::uint64_t root_arcs) {
  Winding w;
  w.status = analysis::IndexStatus::certified;
  w.certificate.root_arcs = root_arcs;
  const int depth = static_cast<int>(std::bit_width(root_arcs)) - 1;
  const double h = std::numbers::pi / static_cast<double>(2 * root_arcs);
  const double c = static_cast<double>(taps.size() - 1) / 2;
  double half_turns = 0;
  w.margin = HUGE_VAL;
  for (std::uint64_t j = 0; j < root_arcs; ++j) {
    std::complex<double> q[3] = {};
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const auto z = std::polar(taps[k], static_cast<double>(k) * static_cast<double>(2 * j + 1) * h);
      const std::complex<double> x(0, h * (static_cast<double>(k) - c));
      q[0] += z;
      q[1] += z * x;
      q[2] += z * x * x / 2.0;
    }
    const double disc = std::abs(q[0]) - std::abs(q[1]) - std::abs(q[2]);
    const double line = std::fabs((std::conj(q[1]) * q[0]).imag()) / std::abs(q[1]) - std::abs(q[2]);
    const auto side = std::copysign(1.0, (std::conj(q[1]) * q[0]).imag());
    SettledArc arc;
    arc.first = j;
    arc.depth = depth;
    arc.entry = q[0] - q[1] + q[2];
    arc.exit = q[0] + q[1] + q[2];
    arc.normal = line > disc ? side * std::complex<double>(-q[1].imag(), q[1].real()) : q[0];
    arc.lower_bound = std::fmax(disc, line);
    half_turns += std::arg(arc.exit / arc.entry) + 2 * c * h;
    w.margin = std::fmin(w.margin, arc.lower_bound);
    w.certificate.path.push_back(arc);
  }
  w.number = w.lowest = w.highest = std::lround(half_turns / std::numbers::pi);
  return w;
}

}  // namespace

TEST_CASE("honest certificates pass the independent check") {
  for (const std::size_t n : {2u, 3u, 5u, 16u, 31u, 64u, 100u}) {
    const Taps taps = test::gaussian_taps(n, n + 7);
    CHECK(find_fault(taps, certified(taps)) == "");
  }
  const Taps close = test::multiply(test::zero_pair(1 - 0x1p-50, 1.0), {1, 0.2, 0.1});
  const Winding w = certified(close);
  CHECK(w.certificate.extended_arcs > 0);
  CHECK(find_fault(close, w) == "");
  Taps padded = test::gaussian_taps(20, 3);
  padded.insert(padded.begin(), 3, 0.0);
  padded.insert(padded.end(), 2, 0.0);
  CHECK(find_fault(padded, certified(padded)) == "");
}

TEST_CASE("a trained layer's certificate passes the independent check") {
  const auto layers = test::trained_operators("clm_flat.h5");
  if (layers.empty()) {
    WARN("reference checkpoints are absent: no trained certificate checked");
    return;
  }
  CHECK(find_fault(layers[0].taps, certified(layers[0].taps)) == "");
}

TEST_CASE("every corruption of a certificate is noticed") {
  const Taps taps = test::gaussian_taps(48, 11);
  const Winding good = certified(taps);
  REQUIRE(find_fault(taps, good) == "");
  const std::size_t middle = good.certificate.path.size() / 2;

  SECTION("a dropped arc") {
    for (const std::size_t i : {std::size_t{0}, middle, good.certificate.path.size() - 1}) {
      Winding bad = good;
      bad.certificate.path.erase(bad.certificate.path.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK(find_fault(taps, bad) != "");
    }
  }
  SECTION("a count that is off by one") {
    Winding bad = good;
    ++bad.number;
    CHECK_THAT(find_fault(taps, bad), Catch::Contains("arguments"));
  }
  SECTION("a distance from 0 that is claimed larger than it is") {
    Winding bad = good;
    bad.certificate.path[middle].lower_bound *= 1.5;
    CHECK_THAT(find_fault(taps, bad), Catch::Contains("as far from 0 as claimed"));
  }
  SECTION("a half-plane turned by a right angle") {
    Winding bad = good;
    bad.certificate.path[middle].normal *= std::complex<double>(0, 1);
    CHECK(find_fault(taps, bad) != "");
  }
  SECTION("an end value on the other side of 0") {
    Winding bad = good;
    bad.certificate.path[middle].exit *= -1.0;
    CHECK_THAT(find_fault(taps, bad), Catch::Contains("end value"));
  }
  SECTION("a margin that is not the smallest of the arcs") {
    Winding bad = good;
    bad.margin *= 1.01;
    CHECK_THAT(find_fault(taps, bad), Catch::Contains("margin"));
  }
  SECTION("weights of another layer") {
    CHECK(find_fault(test::gaussian_taps(48, 12), good) != "");
  }
}

TEST_CASE("a proof that omits the Taylor remainder is noticed") {
  int false_claims = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Taps taps = test::gaussian_taps(8, seed);
    const Winding forged = forge_without_remainder(taps, 16);
    if (!(forged.margin > 0)) continue;  // the forger itself gave up
    double smallest_slack = HUGE_VAL;    // by how much |a| exceeds what its arc claims, at worst
    for (const SettledArc& arc : forged.certificate.path)
      for (int i = 0; i <= 64; ++i) {
        const double theta = std::numbers::pi * (static_cast<double>(arc.first) + i / 64.0) / 16;
        smallest_slack = std::fmin(smallest_slack, std::abs(test::symbol_at(taps, theta)) - arc.lower_bound);
      }
    if (smallest_slack > 0) continue;  // right by luck
    ++false_claims;
    CHECK(find_fault(taps, forged) != "");
  }
  CHECK(false_claims >= 5);
}
