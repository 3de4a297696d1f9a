// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "model/base/vector_clones.hpp"

// Pointwise loops; clang 14 has no clones for these.
#ifndef __clang__
#define TMM_VECTOR_CLONES TMM_CLONES("default", "arch=x86-64-v3", "arch=x86-64-v4")
#else
#define TMM_VECTOR_CLONES
#endif
/// Bodies of such loops must be compiled with the instruction set of the clone that calls them.
#define TMM_INLINE [[gnu::always_inline]] inline

namespace tmm::model {

/// e^x in a form that compilers vectorise: x = k·ln 2 + r with |r| ≤ ½ ln 2, the Taylor sum of e^r up to r⁷
/// (remainder 5e-9), times 2^k. Relative error below 2e-7 for −87 ≤ x ≤ 88; x beyond is taken as the nearer
/// of the two ends, so that the result is always a normal number. NaN stays NaN.
TMM_INLINE float fast_exp(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  // Adding 1.5·2²³ rounds to an integer in the current rounding mode.
  constexpr float rounder = 12582912.0F;
  constexpr float log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F;  // 355/512: k·ln2_high is exact
  constexpr float ln2_low = -2.12194440e-4F;
  const float shifted = x * log2_e + rounder;
  const float k = shifted - rounder;
  const float r = (x - k * ln2_high) - k * ln2_low;
  float p = 1.0F / 5040;
  p = p * r + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  // The low bits of `shifted` hold k; moved up by 23 they add k to the exponent of 1.
  const auto exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return p * std::bit_cast<float>(exponent);
}

/// The double network is a reference: accuracy counts there, not speed.
TMM_INLINE double fast_exp(double x) {
  return std::exp(x);
}

}  // namespace tmm::model
