// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cinttypes>
#include <cstdio>
#include <fstream>

#include "analysis/index/winding.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using test::Taps;

namespace {

struct Count {
  long inside = -1, uncertain = -1;
};

/// MPSolve (Bini & Fiorentino, Numer. Algorithms 23, 2000) counts the zeros in the open unit disc of Σ c_k
/// z^k.
Count count_with_mpsolve(const std::vector<std::int64_t>& c, const test::TemporaryFolder& folder) {
  const std::string input = folder.file("a.pol");
  std::ofstream file(input);
  file << "Monomial;\nDegree=" << c.size() - 1 << ";\nReal;\nInteger;\nDense;\n\n";
  for (std::size_t k = 0; k < c.size(); ++k) file << c[k] << '\n';
  file.close();
  const test::CommandResult result = test::run("timeout 120 mpsolve -j 1 -G c -S i " + input);
  Count count;
  long outside = 0;
  if (std::sscanf(result.out.c_str(), "%ld roots are inside; %ld roots are outside; %ld roots are uncertain",
                  &count.inside, &outside, &count.uncertain) != 3)
    return {};
  return count;
}

/// Integers c_k = w_k·2^e, exact; empty if they need more than 62 bits.
std::vector<std::int64_t> to_integers(const Taps& taps) {
  int high = -5000, low = 5000;
  for (const double w : taps)
    if (w != 0) {
      int e = 0;
      const double fraction = std::frexp(w, &e);
      auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
      int zeros = 0;
      for (; mantissa % 2 == 0; mantissa /= 2) ++zeros;
      high = std::max(high, e);
      low = std::min(low, e - 53 + zeros);
    }
  if (high - low > 62) return {};
  std::vector<std::int64_t> integers;
  for (const double w : taps) integers.push_back(static_cast<std::int64_t>(std::ldexp(w, -low)));
  return integers;
}

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

bool mpsolve_present() {
  return test::run("command -v mpsolve").exit_code == 0;
}

/// Compares `count` polynomials; returns how many MPSolve answered with no uncertain zero.
int compare(int count, const std::vector<std::size_t>& sizes, std::uint64_t seed) {
  const test::TemporaryFolder folder;
  int compared = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t n = sizes[static_cast<std::size_t>(i) % sizes.size()];
    const Taps taps = random_taps(n, i % 4, seed + static_cast<std::uint64_t>(i));
    const Count oracle = count_with_mpsolve(to_integers(taps), folder);
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
  if (!mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(240, {2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 32, 33, 64, 65, 100, 127, 128, 129, 255, 256}, 1) >=
        230);
}

TEST_CASE("winding numbers equal MPSolve's counts on random symbols, n up to 1024") {
  if (!mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(170, {6, 12, 24, 48, 96, 192, 257, 300, 384, 511}, 1000) >= 165);
  CHECK(compare(12, {512, 513, 1023, 1024}, 2000) >= 10);
}

TEST_CASE("winding numbers equal MPSolve's counts on trained layers") {
  if (!mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  const test::TemporaryFolder folder;
  int compared = 0;
  for (const char* file :
       {"ae_flat.h5", "clm_flat.h5", "clm_h4.h5", "copy_flat.h5", "copy_d512_n512_toeplitz_only.h5"})
    for (const auto& layer : test::trained_operators(file)) {
      const auto integers = to_integers(layer.taps);
      if (integers.empty()) continue;
      const Count oracle = count_with_mpsolve(integers, folder);
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
  if (!mpsolve_present()) {
    WARN("mpsolve is not installed: counts not compared");
    return;
  }
  CHECK(compare(16, {1500, 2047, 2048}, 3000) >= 14);
}
