// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace tmm::io {

/// Value of an IEEE binary16 bit pattern, exact: every one is a float.
inline float from_float16(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 31;
  const int mantissa = bits & 1023;
  float magnitude = 0;
  if (exponent == 31)
    magnitude = mantissa == 0 ? HUGE_VALF : std::nanf("");
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(mantissa), -24);  // subnormal: multiples of 2^-24
  else
    magnitude = std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

/// Value of a bfloat16 bit pattern, exact: the upper half of a float.
inline float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

}  // namespace tmm::io
