// SPDX-License-Identifier: MIT
#include "analysis/index/published_winding.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "analysis/index/winding.hpp"
#include "analysis/symbols.hpp"

using namespace tmm::analysis;
using tmm::test::gaussian_taps, tmm::test::multiply, tmm::test::symbol_at, tmm::test::Taps,
    tmm::test::zero_pair;

namespace {

/// Straight from the description, sample by sample, without FFT.
double naive_twin(const Taps& taps) {
  constexpr double pi = std::numbers::pi;
  double sum = 0, before = -std::arg(symbol_at(taps, 0));
  for (int t = 1; t < 50000; ++t) {
    const auto b = std::conj(symbol_at(taps, 2 * pi * t / 50000));
    const double phase = std::arg(b);
    const bool down = b.real() < 0 && phase < 0 && before > 0, up = b.real() < 0 && phase > 0 && before < 0;
    sum += down ? 2 * pi + phase - before : up ? 2 * pi - phase + before : phase - before;
    before = phase;
  }
  return std::nearbyint(sum / (2 * pi));
}

}  // namespace

TEST_CASE("published_winding equals a naive twin, about −N") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Taps taps = gaussian_taps(48, seed);
    const Measure m = published_winding(taps);
    REQUIRE(m.status == Status::numerical);
    CHECK(m.error == 0);
    CHECK(m.value == naive_twin(taps));
    CHECK(std::fabs(m.value + static_cast<double>(winding_number(taps).number)) <= 2);
  }
  CHECK(published_winding(Taps{0, 1}).value == -1);
}

TEST_CASE("published_winding differs from the proven index in most trained layers, by as much as 10") {
  int layers = 0, different = 0;
  double largest = 0;
  for (const char* name : {"clm_flat", "copy_flat", "ae_flat"}) {
    const auto operators = tmm::test::trained_operators(std::string(name) + ".h5");
    if (operators.empty()) return;
    for (const auto& layer : operators) {
      const double off = std::fabs(published_winding(layer.taps).value +
                                   static_cast<double>(winding_number(layer.taps).number));
      ++layers;
      different += off > 0 ? 1 : 0;
      largest = std::max(largest, off);
    }
  }
  CHECK(layers == 28);
  CHECK(different == 25);
  CHECK(largest == 10);
}

TEST_CASE("published_winding of the zero operator is not defined") {
  CHECK(published_winding(Taps{0, 0}).status == Status::not_defined);
}
