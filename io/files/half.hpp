// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
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

/// The pattern of the value nearest to x among those with `fraction` bits after the point and exponents from
/// 1 − bias, ties to even; ±∞ beyond them. All in one rounding.
inline std::uint16_t to_half_bits(double x, int fraction, int bias) {
  const int sign = std::signbit(x) ? 0x8000 : 0, infinite = (2 * bias + 1) << fraction;
  if (std::isnan(x)) return static_cast<std::uint16_t>(sign | infinite | (1 << (fraction - 1)));
  if (std::isinf(x)) return static_cast<std::uint16_t>(sign | infinite);
  const int exponent = x == 0 ? 1 - bias : std::max(std::ilogb(x), 1 - bias);
  // In units of the last place: 2^fraction more where x is normal. A carry goes into the exponent by itself.
  const auto units = static_cast<int>(std::nearbyint(std::fabs(std::ldexp(x, fraction - exponent))));
  const long bits = (static_cast<long>(exponent + bias - 1) << fraction) + units;
  return static_cast<std::uint16_t>(sign | static_cast<int>(std::min<long>(bits, infinite)));
}

/// The nearest binary16 value, ties to even; ±∞ from 65520 on.
inline std::uint16_t to_float16(double x) {
  return to_half_bits(x, 10, 15);
}

/// The nearest bfloat16 value, ties to even.
inline std::uint16_t to_bfloat16(double x) {
  return to_half_bits(x, 7, 127);
}

}  // namespace tmm::io
