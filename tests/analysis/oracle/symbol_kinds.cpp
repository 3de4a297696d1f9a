// SPDX-License-Identifier: MIT
#include "analysis/oracle/symbol_kinds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/measures/rounding.hpp"

namespace tmm::test {
namespace {

using Taps = std::vector<double>;
using Random = std::mt19937_64;

std::int64_t integer(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

double sign(Random& random) {
  return integer(random, 0, 1) == 0 ? -1 : 1;
}

std::size_t length(Random& random, std::size_t largest) {
  return static_cast<std::size_t>(integer(random, 1, static_cast<std::int64_t>(largest)));
}

Taps gaussian(Random& random, std::size_t largest) {
  std::normal_distribution<double> normal;
  Taps taps(length(random, largest));
  for (double& w : taps) w = normal(random);
  return taps;
}

Taps small_integers(Random& random, std::size_t largest) {
  Taps taps(length(random, largest));
  for (double& w : taps) w = static_cast<double>(integer(random, -3, 3));
  return taps;
}

/// Products as far as the length allows, rounded to double: the rounded weights are the operator.
Taps multiply(const Taps& a, const Taps& b) {
  Taps c(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j) c[i + j] += a[i] * b[j];
  return c;
}

Taps product(Random& random, std::size_t largest, Taps (*factor)(Random&)) {
  Taps taps{1};
  const std::size_t wanted = length(random, largest);
  while (taps.size() < wanted) {
    Taps next = multiply(taps, factor(random));
    if (next.size() > wanted) break;
    taps = std::move(next);
  }
  return taps;
}

Taps near_circle(Random& random, std::size_t largest) {
  return product(random, largest, [](Random& draw) {
    const double r = 1 + sign(draw) * std::ldexp(1.0, -static_cast<int>(integer(draw, 1, 52)));
    if (integer(draw, 0, 2) == 0) return Taps{sign(draw) * r, 1};
    return Taps{r * r, -2 * r * static_cast<double>(integer(draw, -7, 7)) / 8, 1};
  });
}

Taps multiple_zero(Random& random, std::size_t largest) {
  const double c = sign(random) * std::ldexp(static_cast<double>(integer(random, 1, 9)), -3);
  const Taps factor = integer(random, 0, 1) == 0 ? Taps{1, c} : Taps{1, c, 1};
  Taps taps{1};
  const std::size_t wanted = length(random, largest);
  while (taps.size() + factor.size() - 1 <= wanted) taps = multiply(taps, factor);
  if (integer(random, 0, 2) == 0) taps.front() = std::nextafter(taps.front(), 2 * sign(random));
  return taps;
}

Taps palindrome(Random& random, std::size_t largest) {
  Taps taps = integer(random, 0, 1) == 0 ? gaussian(random, largest) : small_integers(random, largest);
  const double mirror = sign(random);
  for (std::size_t k = 0; k < taps.size() / 2; ++k) taps[taps.size() - 1 - k] = mirror * taps[k];
  if (integer(random, 0, 2) == 0)
    taps.back() = std::nextafter(taps.back(), std::numeric_limits<double>::infinity());
  return taps;
}

Taps cyclotomic(Random& random, std::size_t largest) {
  Taps taps = product(random, largest, [](Random& draw) {
    Taps factor(static_cast<std::size_t>(integer(draw, 2, 6)));
    factor.front() = 1;
    factor.back() = sign(draw);
    return factor;
  });
  if (integer(random, 0, 1) == 0)
    taps.front() += std::ldexp(sign(random), -static_cast<int>(integer(random, 1, 52)));
  return taps;
}

Taps lacunary(Random& random, std::size_t largest) {
  const Taps dense = small_integers(random, std::max<std::size_t>(1, largest / 4));
  const std::size_t step = static_cast<std::size_t>(integer(random, 2, 4));
  Taps taps((dense.size() - 1) * step + 1);
  for (std::size_t k = 0; k < dense.size(); ++k) taps[k * step] = dense[k];
  return taps;
}

Taps wide_range(Random& random, std::size_t largest) {
  Taps taps = gaussian(random, std::min<std::size_t>(largest, 6));
  const auto spread = static_cast<int>(integer(random, 10, 1000));
  for (double& w : taps) w = std::ldexp(w, static_cast<int>(integer(random, -spread, spread)));
  return taps;
}

Taps subnormal(Random& random, std::size_t largest) {
  Taps taps = integer(random, 0, 1) == 0 ? small_integers(random, largest) : gaussian(random, largest);
  const auto exponent = static_cast<int>(integer(random, -1074, -1010));
  for (double& w : taps) w = std::ldexp(w, exponent);
  return taps;
}

Taps huge(Random& random, std::size_t largest) {
  Taps taps = gaussian(random, largest);
  const auto exponent = static_cast<int>(integer(random, 990, 1021));
  for (double& w : taps)
    w = std::clamp(std::ldexp(w, exponent), -std::numeric_limits<double>::max(),
                   std::numeric_limits<double>::max());
  return taps;
}

Taps cluster(Random& random, std::size_t largest) {
  const double base = sign(random) * (1 + std::ldexp(static_cast<double>(integer(random, -8, 8)), -4));
  Taps taps{1};
  const std::size_t wanted = length(random, largest);
  while (taps.size() < wanted)
    taps = multiply(taps, {base + std::ldexp(static_cast<double>(integer(random, -4, 4)), -30), 1});
  return taps;
}

Taps delay(Random& random, std::size_t largest) {
  Taps taps = gaussian(random, largest);
  const std::size_t zeros = length(random, taps.size()) - 1;
  std::fill_n(integer(random, 0, 1) == 0 ? taps.begin() : taps.end() - static_cast<std::ptrdiff_t>(zeros),
              zeros, 0.0);
  return taps;
}

Taps power(Random& random, std::size_t largest) {
  const double ratio = sign(random) * std::ldexp(static_cast<double>(integer(random, 1, 40)), -4);
  Taps taps(length(random, largest));
  for (std::size_t k = 0; k < taps.size(); ++k) taps[k] = std::pow(ratio, static_cast<double>(k));
  return taps;
}

Taps tiny_ends(Random& random, std::size_t largest) {
  Taps taps = gaussian(random, largest);
  taps.front() = std::ldexp(taps.front(), -static_cast<int>(integer(random, 0, 200)));
  taps.back() = std::ldexp(taps.back(), -static_cast<int>(integer(random, 0, 200)));
  return taps;
}

template <model::DType type>
Taps stored(Random& random, std::size_t largest) {
  Taps taps = gaussian(random, largest);
  for (double& w : taps) w = analysis::round_to(w * 0.1, type);
  return taps;
}

}  // namespace

const std::vector<SymbolKind>& symbol_kinds() {
  static const std::vector<SymbolKind> kinds{
      {"gaussian", gaussian},
      {"small integers", small_integers},
      {"zeros next to the circle", near_circle},
      {"multiple zeros", multiple_zero},
      {"palindromes", palindrome},
      {"cyclotomic products", cyclotomic},
      {"lacunary", lacunary},
      {"wide range", wide_range},
      {"subnormal", subnormal},
      {"huge", huge},
      {"clusters", cluster},
      {"delays", delay},
      {"powers", power},
      {"tiny ends", tiny_ends},
      {"float32", stored<model::DType::float32>},
      {"float16", stored<model::DType::float16>},
      {"bfloat16", stored<model::DType::bfloat16>},
  };
  return kinds;
}

}  // namespace tmm::test
