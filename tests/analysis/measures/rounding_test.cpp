// SPDX-License-Identifier: MIT
#include "analysis/measures/rounding.hpp"

#include <catch2/catch.hpp>

#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::round_to, analysis::rounding_stability, analysis::winding_number;
using model::DType;
using test::Taps;

TEST_CASE("rounding to float16 and bfloat16: to nearest, ties to even, subnormals, overflow") {
  CHECK(round_to(1 + 0x1p-11, DType::float16) == 1);
  CHECK(round_to(1 + 0x1.8p-10, DType::float16) == 1 + 0x1p-9);
  CHECK(round_to(1 + 0x1.1p-11, DType::float16) == 1 + 0x1p-10);
  CHECK(round_to(0x1p-24, DType::float16) == 0x1p-24);
  CHECK(round_to(0x1p-25, DType::float16) == 0);
  CHECK(round_to(0x1.8p-25, DType::float16) == 0x1p-24);
  CHECK(round_to(65504, DType::float16) == 65504);
  CHECK(round_to(65519.9, DType::float16) == 65504);
  CHECK(std::isinf(round_to(-65520, DType::float16)));
  CHECK(round_to(1 + 0x1p-8, DType::bfloat16) == 1);
  CHECK(round_to(1 + 0x1.8p-7, DType::bfloat16) == 1 + 0x1p-6);
  CHECK(round_to(1e39, DType::bfloat16) == HUGE_VAL);
  CHECK(round_to(0.1, DType::float32) == static_cast<double>(0.1f));
  CHECK(round_to(0.1, DType::float64) == 0.1);
}

TEST_CASE("a well separated symbol keeps its index in every type, and that is proven") {
  const Taps taps{1.0 / 3, 1, 1.0 / 7};
  for (const DType type : {DType::float16, DType::bfloat16}) {
    const auto r = rounding_stability(taps, winding_number(taps), type);
    CHECK(r.proven);
    CHECK(r.change > 0);
    CHECK(r.after->number == winding_number(taps).number);
  }
}

TEST_CASE("a zero closer to the circle than the type resolves is not stable") {
  const Taps taps{-(1 + 1e-5), 1};  // rounds to 1 − z
  const auto r = rounding_stability(taps, winding_number(taps), DType::float16);
  CHECK_FALSE(r.proven);
  CHECK(r.after->status == analysis::IndexStatus::not_fredholm);
}

TEST_CASE("weights beyond the range of float16 are said to overflow") {
  const Taps taps{1, 1e6};
  const auto r = rounding_stability(taps, winding_number(taps), DType::float16);
  CHECK(r.overflow);
  CHECK_FALSE(r.proven);
  CHECK_FALSE(r.after.has_value());
}

TEST_CASE("proven stability is never contradicted by the count after rounding") {
  int proven = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Taps taps = test::gaussian_taps(32, seed);
    const auto w = winding_number(taps);
    for (const DType type : {DType::float16, DType::bfloat16}) {
      const auto r = rounding_stability(taps, w, type);
      if (!r.proven) continue;
      ++proven;
      CHECK(r.after->number == w.number);
    }
  }
  CHECK(proven > 20);
}
