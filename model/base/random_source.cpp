// SPDX-License-Identifier: MIT
#include "model/base/random_source.hpp"

#include <bit>
#include <cmath>

namespace tmm::model {
namespace {

/// splitmix64 (Steele, Lea & Flood 2014): a bijection of 64-bit words that spreads every bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

struct WideProduct {
  std::uint64_t high, low;
};

WideProduct multiply(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t mask = 0xffffffffU;
  const std::uint64_t al = a & mask, ah = a >> 32U, bl = b & mask, bh = b >> 32U;
  const std::uint64_t low = al * bl, middle = ah * bl + (low >> 32U);
  const std::uint64_t cross = (middle & mask) + al * bh;
  return {ah * bh + (middle >> 32U) + (cross >> 32U), a * b};
}

}  // namespace

RandomSource::RandomSource(std::initializer_list<std::uint64_t> name) {
  std::uint64_t hash = 0;
  for (const std::uint64_t word : name) hash = mix(hash ^ mix(word));
  for (std::uint64_t& word : state_) word = hash = mix(hash);
}

std::uint64_t RandomSource::bits() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17U;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

std::uint64_t RandomSource::below(std::uint64_t bound) {
  WideProduct product = multiply(bits(), bound);
  if (product.low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (product.low < threshold) product = multiply(bits(), bound);
  }
  return product.high;
}

double RandomSource::uniform() {
  return static_cast<double>(bits() >> 11U) * 0x1p-53;
}

double RandomSource::normal() {
  for (;;) {
    const double u = 2 * uniform() - 1, v = 2 * uniform() - 1;
    const double square = u * u + v * v;
    if (square < 1 && square > 0) return u * std::sqrt(-2 * portable_log(square) / square);
  }
}

double portable_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact; m in [½, 1)
  if (m < 0x1.6a09e667f3bcdp-1) {       // √½
    m *= 2;
    --exponent;
  }
  // ln m = 2 artanh s, |s| ≤ 0.172: the first term left out, 2 s²³/23, is below 1e-18·|s|.
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  constexpr double ln2_high = 0x1.62e42fee00000p-1,
                   ln2_low = 0x1.a39ef35793c76p-33;  // exact times an exponent
  return exponent * ln2_high + (2 * s * sum + exponent * ln2_low);
}

}  // namespace tmm::model
