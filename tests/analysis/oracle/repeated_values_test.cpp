// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <random>

#include "analysis/oracle/exact_roots.hpp"
#include "analysis/spectrum/spectrum.hpp"

using namespace tmm;
using namespace tmm::test;

namespace {

/// a(z^m) of a = 1 + 1e-7 noise, n = 16 m: T_n is T_16(a) ⊗ I_m, so that every singular value of T_16(a)
/// occurs m times, all within about 1e-6 of 1. Returns the largest |value − truth|/error of the numerical
/// values.
double worst_excess(std::size_t m, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 1e-7);
  std::vector<double> dense(16), taps(16 * m);
  for (double& w : dense) w = normal(random);
  dense.front() += 1;
  for (std::size_t k = 0; k < dense.size(); ++k) taps[k * m] = dense[k];
  const std::vector<Ball> exact = exact_spectrum(dense);
  REQUIRE(exact.size() == dense.size());
  const analysis::Spectrum spectrum = analysis::singular_spectrum(taps);
  REQUIRE(spectrum.values.size() == taps.size());
  double worst = 0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const analysis::SingularValue& value = spectrum.values[i];
    REQUIRE(value.status == analysis::Status::numerical);
    const double found = value.value.to_double();
    const Ball off = (Ball(found) - exact[i / m]).abs();
    worst = std::max(worst, off.middle() / (found * value.relative_error));
  }
  return worst;
}

}  // namespace

TEST_CASE("spectrum: values repeated many times next to 1 are within their error") {
  for (const std::size_t m : {4U, 16U, 32U}) {
    const double worst = worst_excess(m, 1);
    CAPTURE(m, worst);
    CHECK(worst <= 1);
  }
}

TEST_CASE("spectrum: values repeated 128 times next to 1 are within their error", "[slow]") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const double worst = worst_excess(128, seed);
    WARN("n = 2048, seed " << seed << ": worst " << worst << " errors");
    CHECK(worst <= 1);
  }
}
