// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "analysis/index/winding.hpp"
#include "analysis/mpsolve.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using test::Taps;

namespace {

/// Coefficients with 24 significant bits, like float32 weights, of several shapes.
Taps random_taps(std::size_t n, int shape, std::uint64_t seed) {
  Taps taps = test::gaussian_taps(n, seed);
  for (std::size_t k = 0; k < n; ++k) {
    const double x = static_cast<double>(k) / static_cast<double>(n);
    if (shape == 1) taps[k] *= std::exp(-3 * x);                  // decaying: few zeros inside
    if (shape == 2) taps[k] = taps[k] * 0.05 + (k == 0 ? 1 : 0);  // identity-like
    if (shape == 3) taps[k] *= std::exp(3 * x);                   // growing
    taps[k] = std::ldexp(std::nearbyint(std::ldexp(taps[k], 24)), -24);
  }
  if (taps[0] == 0) taps[0] = 0x1p-24;
  if (taps[n - 1] == 0) taps[n - 1] = 0x1p-24;
  return taps;
}

/// Compares `count` polynomials; returns how many MPSolve answered with no uncertain zero.
int compare(int count, const std::vector<std::size_t>& sizes, std::uint64_t seed) {
  const test::TemporaryFolder folder;
  int compared = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t n = sizes[static_cast<std::size_t>(i) % sizes.size()];
    const Taps taps = random_taps(n, i % 4, seed + static_cast<std::uint64_t>(i));
    const test::MpsolveCount oracle = test::count_with_mpsolve(test::to_integers(taps).values, folder);
    CAPTURE(i, n, oracle.inside, oracle.uncertain);
    if (oracle.uncertain != 0) continue;
    const analysis::Winding w = analysis::winding_number(taps);
    REQUIRE(w.status == analysis::IndexStatus::certified);
    CHECK(w.number == oracle.inside);
    ++compared;
  }
  return compared;
}

}  // namespace

TEST_CASE("winding numbers equal MPSolve's counts on random symbols, n up to 256") {
  if (!test::mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(240, {2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 32, 33, 64, 65, 100, 127, 128, 129, 255, 256}, 1) >=
        230);
}

TEST_CASE("winding numbers equal MPSolve's counts on random symbols, n up to 1024") {
  if (!test::mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(170, {6, 12, 24, 48, 96, 192, 257, 300, 384, 511}, 1000) >= 165);
  CHECK(compare(12, {512, 513, 1023, 1024}, 2000) >= 10);
}

TEST_CASE("winding numbers equal MPSolve's counts on trained layers") {
  if (!test::mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  const test::TemporaryFolder folder;
  int compared = 0;
  for (const char* file :
       {"ae_flat.h5", "clm_flat.h5", "clm_h4.h5", "copy_flat.h5", "copy_d512_n512_toeplitz_only.h5"})
    for (const auto& layer : test::trained_operators(file)) {
      const auto integers = test::to_integers(layer.taps).values;
      if (integers.empty()) continue;
      const test::MpsolveCount oracle = test::count_with_mpsolve(integers, folder);
      CAPTURE(file, layer.name, oracle.inside, oracle.uncertain);
      if (oracle.uncertain != 0) continue;
      CHECK(analysis::winding_number(layer.taps).number == oracle.inside);
      ++compared;
    }
  if (compared == 0)
    WARN("reference checkpoints are absent: no trained layer compared");
  else
    CHECK(compared >= 76);
}

TEST_CASE("winding numbers equal MPSolve's counts on random symbols, n up to 2048", "[slow]") {
  if (!test::mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(16, {1500, 2047, 2048}, 3000) >= 14);
}
