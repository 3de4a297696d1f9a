// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/mpsolve.hpp"
#include "analysis/pseudospectra/index_map.hpp"
#include "analysis/symbol/symbol_maximum.hpp"

using namespace tmm;
using analysis::IndexMap, analysis::IndexStatus, analysis::PointIndex;
using test::Taps;

namespace {

struct Tally {
  int compared = 0, uncertain = 0, undecided = 0;
};

/// N(λ) against MPSolve's count for a − λ at `points` random λ, every tenth real. λ is rounded to a multiple
/// of 2^-20 or of the last bit of the weights, so that MPSolve has the coefficients exactly.
void compare(const Taps& taps, int points, std::uint64_t seed, const test::TemporaryFolder& folder,
             Tally& tally) {
  const test::IntegerTaps integers = test::to_integers(taps);
  if (integers.values.empty()) return;
  const IndexMap map(taps);
  const double reach = 1.1 * analysis::symbol_maximum(taps).upper;
  const int bits = std::min(integers.bits, 20);
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(-reach, reach);
  const auto rounded = [&] {
    return std::ldexp(std::nearbyint(std::ldexp(uniform(generator), bits)), -bits);
  };
  const auto whole = [&](double x) { return static_cast<std::int64_t>(std::ldexp(x, integers.bits)); };
  for (int i = 0; i < points; ++i) {
    const std::complex<double> point(rounded(), i % 10 == 0 ? 0 : rounded());
    const PointIndex found = map.at(point);
    auto shifted = integers.values;
    shifted[0] -= whole(point.real());
    const auto oracle = test::count_with_mpsolve(shifted, folder, -whole(point.imag()));
    CAPTURE(taps.size(), point.real(), point.imag(), found.reason, oracle.inside, oracle.uncertain);
    if (oracle.uncertain != 0) {
      ++tally.uncertain;
      continue;
    }
    if (found.status != IndexStatus::certified) {
      CHECK(found.status == IndexStatus::undecided);  // and no number: MPSolve sees no zero on the circle
      ++tally.undecided;
      continue;
    }
    CHECK(found.number == oracle.inside);
    ++tally.compared;
  }
}

Taps float_taps(std::size_t n, std::uint64_t seed) {
  Taps taps = test::gaussian_taps(n, seed);
  for (double& w : taps) w = std::ldexp(std::nearbyint(std::ldexp(w, 24)), -24);
  return taps;
}

/// 200 λ about each layer of a reference checkpoint.
void compare_layers(const std::string& file, int expected_layers) {
  const auto operators = test::trained_operators(file);
  if (!test::mpsolve_present() || operators.empty()) {
    WARN("mpsolve or the reference checkpoints are absent: counts not compared");
    return;
  }
  const test::TemporaryFolder folder;
  Tally tally;
  int layers = 0;
  for (const auto& layer : operators) {
    INFO(file << " " << layer.name);
    compare(layer.taps, 200, static_cast<std::uint64_t>(++layers), folder, tally);
  }
  WARN(layers << " layers: " << tally.compared << " points compared, " << tally.undecided
              << " undecided, MPSolve is uncertain of " << tally.uncertain);
  CHECK(layers == expected_layers);
  CHECK(tally.compared >= 199 * layers);
}

}  // namespace

TEST_CASE("the index map equals MPSolve's counts for a - lambda on random symbols") {
  if (!test::mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  const test::TemporaryFolder folder;
  Tally tally;
  for (const std::size_t n : {4U, 13U, 33U, 64U}) compare(float_taps(n, n), 15, n, folder, tally);
  CHECK(tally.compared >= 58);
}

TEST_CASE("the index map equals MPSolve's counts at 200 lambda of every layer of clm_flat.h5", "[slow]") {
  compare_layers("clm_flat.h5", 8);
}

TEST_CASE("the index map equals MPSolve's counts at 200 lambda of every layer of copy_flat.h5", "[slow]") {
  compare_layers("copy_flat.h5", 8);
}

TEST_CASE("the index map equals MPSolve's counts at 200 lambda of every layer of clm_h4.h5", "[slow]") {
  compare_layers("clm_h4.h5", 32);
}

TEST_CASE("the index map equals MPSolve's counts at 200 lambda of every layer of ae_flat.h5", "[slow]") {
  compare_layers("ae_flat.h5", 12);
}

TEST_CASE(
    "the index map equals MPSolve's counts at 200 lambda of every layer of copy_d512_n512_toeplitz_only.h5",
    "[slow]") {
  compare_layers("copy_d512_n512_toeplitz_only.h5", 16);
}
