// SPDX-License-Identifier: MIT
#include "io/files/half.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace tmm::io;

TEST_CASE("every half-precision value is stored as itself") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto pattern = static_cast<std::uint16_t>(bits);
    if (const double x = from_float16(pattern); !std::isnan(x) && to_float16(x) != pattern)
      FAIL("binary16 " << bits);
    if (const double x = from_bfloat16(pattern); !std::isnan(x) && to_bfloat16(x) != pattern)
      FAIL("bfloat16 " << bits);
  }
  CHECK(std::isnan(from_float16(to_float16(std::nan("")))));
  CHECK(std::isnan(from_bfloat16(to_bfloat16(std::nan("")))));
}

TEST_CASE("half-precision values are the nearest ones, ties to even") {
  const auto check = [](auto from, auto to, int last) {
    for (int bits = 1; bits < last; ++bits) {
      const double below = from(static_cast<std::uint16_t>(bits - 1)),
                   here = from(static_cast<std::uint16_t>(bits)), middle = (below + here) / 2;
      const int even = bits % 2 == 0 ? bits : bits - 1;
      if (to(middle) != even || to(std::nextafter(middle, here)) != bits ||
          to(std::nextafter(middle, below)) != bits - 1 || to(-middle) != (even | 0x8000))
        FAIL("above pattern " << bits - 1);
    }
  };
  check(from_float16, to_float16, 0x7c00);
  check(from_bfloat16, to_bfloat16, 0x7f80);
  CHECK(to_float16(65519.999) == 0x7bff);
  CHECK(to_float16(65520) == 0x7c00);
  CHECK(to_float16(-1e300) == 0xfc00);
  CHECK(to_bfloat16(1e300) == 0x7f80);
  CHECK(to_bfloat16(3.5e38) == 0x7f80);
  CHECK(to_float16(0x1p-1074) == 0);
  CHECK(to_bfloat16(-0x1p-1074) == 0x8000);
}
