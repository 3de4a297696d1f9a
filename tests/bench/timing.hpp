// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tmm::bench {

/// Ends the benchmark unless what it timed did its work: the time of a failure is no figure.
inline void require(bool done, const std::string& what) {
  if (done) return;
  std::fflush(stdout);
  std::fprintf(stderr, "benchmark failed: %s\n", what.c_str());
  std::exit(1);
}

/// Ends the benchmark unless x and y differ by at most `tolerance` of the largest entry of y, which is not 0.
template <class T>
void require_equal(std::span<const T> x, std::span<const T> y, double tolerance, const std::string& what) {
  double scale = 0, gap = x.size() == y.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    scale = std::max(scale, std::fabs(static_cast<double>(y[i])));
    const double distance = std::fabs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
    if (!(distance <= gap)) gap = distance;  // NaN stays
  }
  require(scale > 0 && gap <= tolerance * scale, what);
}

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
