// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tmm::bench {

/// Shortest time in seconds of one call of `work` among calls that together last `at_least` seconds (never
/// fewer than three): the least disturbed one on a shared machine.
template <class Work>
double shortest_time(Work&& work, double at_least = 0.2) {
  using Clock = std::chrono::steady_clock;
  double shortest = std::numeric_limits<double>::infinity(), total = 0;
  for (int calls = 0; calls < 3 || total < at_least; ++calls) {
    const auto start = Clock::now();
    work();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    shortest = std::min(shortest, seconds);
    total += seconds;
  }
  return shortest;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Freshly initialised Toeplitz weights: normal with mean 0 and standard deviation √(2/n).
inline std::vector<double> initial_taps(std::size_t n, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0, std::sqrt(2.0 / static_cast<double>(n)));
  std::vector<double> taps(n);
  for (auto& w : taps) w = normal(engine);
  return taps;
}

}  // namespace tmm::bench
