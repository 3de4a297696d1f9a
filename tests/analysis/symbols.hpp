// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "support.hpp"

namespace tmm::test {

using Taps = std::vector<double>;

/// Coefficients of the product of two symbols.
inline Taps multiply(const Taps& a, const Taps& b) {
  Taps c(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j) c[i + j] += a[i] * b[j];
  return c;
}

/// The real quadratic with zeros r·e^{±iθ}.
inline Taps zero_pair(double r, double theta) {
  return {r * r, -2 * r * std::cos(theta), 1};
}

inline Taps gaussian_taps(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  Taps taps(n);
  for (double& w : taps) w = normal(generator);
  return taps;
}

/// a(e^{iθ}) straight from the definition, in long double.
inline std::complex<double> symbol_at(const Taps& taps, double theta) {
  long double re = 0, im = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const long double phase = static_cast<long double>(k) * theta;
    re += taps[k] * std::cos(phase);
    im += taps[k] * std::sin(phase);
  }
  return {static_cast<double>(re), static_cast<double>(im)};
}

/// The Toeplitz operators of a reference checkpoint; empty if the reference material is absent.
inline std::vector<model::LayerOperator> trained_operators(const std::string& file) {
  const std::string path = shared_file("checkpoints/" + file);
  if (path.empty()) return {};
  return model::toeplitz_layers(io::read_checkpoint(path, io::Selection::toeplitz));
}

}  // namespace tmm::test
