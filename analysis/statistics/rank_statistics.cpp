// SPDX-License-Identifier: MIT
#include "analysis/statistics/rank_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

/// Both samples in one order. Ranks are doubled, so that the middle rank of tied values is an integer.
struct PooledRanks {
  std::vector<std::size_t> doubled;  // 2·rank of every value, ascending
  std::size_t sum_a = 0;             // of the doubled ranks of sample a
  double ties = 0;                   // Σ (t³ − t) over groups of t equal values
};

PooledRanks pool(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) throw ArgumentError("a rank test needs a value in both samples");
  std::vector<std::pair<double, bool>> values;
  for (const double x : a) values.emplace_back(x, true);
  for (const double x : b) values.emplace_back(x, false);
  if (std::ranges::any_of(values, [](const auto& v) { return std::isnan(v.first); }))
    throw ArgumentError("a rank test does not take NaN");
  std::ranges::sort(values);
  PooledRanks ranks;
  for (std::size_t first = 0, end = 0; first < values.size(); first = end) {
    while (end < values.size() && values[end].first == values[first].first) ++end;
    const auto t = static_cast<double>(end - first);
    ranks.ties += t * t * t - t;
    for (std::size_t i = first; i < end; ++i) {
      ranks.doubled.push_back(first + 1 + end);  // (first+1) + … + end, halved and doubled
      if (values[i].second) ranks.sum_a += first + 1 + end;
    }
  }
  return ranks;
}

/// Share of the subsets of `size` ranks whose doubled sum is at least as far from its mean size·(N+1) as
/// `sum`. Counts of up to 2^N < 1e300 are exact to N roundings.
double exact_p_value(const std::vector<std::size_t>& doubled, std::size_t size, std::size_t sum) {
  const std::size_t total = doubled.size(), mean = size * (total + 1);
  std::size_t largest = 0;
  for (std::size_t i = total - size; i < total; ++i) largest += doubled[i];
  const std::size_t width = largest + 1;
  std::vector<double> count((size + 1) * width, 0.0);  // count[k·width + s]: subsets of k ranks with sum s
  count[0] = 1;
  for (std::size_t i = 0; i < total; ++i)
    for (std::size_t k = std::min(size, i + 1); k > 0; --k)
      for (std::size_t s = doubled[i]; s < width; ++s)
        count[k * width + s] += count[(k - 1) * width + s - doubled[i]];
  const auto distance = [&](std::size_t s) { return s > mean ? s - mean : mean - s; };
  double extreme = 0, all = 0;
  for (std::size_t s = 0; s < width; ++s) {
    const double subsets = count[size * width + s];
    all += subsets;
    if (distance(s) >= distance(sum)) extreme += subsets;
  }
  return extreme / all;
}

double normal_p_value(double m, double n, double u, double ties) {
  const double total = m + n;
  const double variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  const double distance = std::max(0.0, std::fabs(u - m * n / 2) - 0.5);
  return std::erfc(distance / std::sqrt(2 * variance));
}

double u_of(const PooledRanks& ranks, std::size_t m) {
  return (static_cast<double>(ranks.sum_a) - static_cast<double>(m * (m + 1))) / 2;
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b) {
  const PooledRanks ranks = pool(a, b);
  MannWhitney test;
  test.u = u_of(ranks, a.size());
  test.exact = a.size() + b.size() <= largest_exact_rank_test;
  if (!test.exact) {
    test.p_value =
        normal_p_value(static_cast<double>(a.size()), static_cast<double>(b.size()), test.u, ranks.ties);
    return test;
  }
  std::size_t all = 0;
  for (const std::size_t rank : ranks.doubled) all += rank;
  // Both samples' sums are equally far from their means: count the smaller subsets.
  const bool take_a = a.size() <= b.size();
  test.p_value =
      exact_p_value(ranks.doubled, std::min(a.size(), b.size()), take_a ? ranks.sum_a : all - ranks.sum_a);
  return test;
}

double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  const double pairs = static_cast<double>(a.size()) * static_cast<double>(b.size());
  return 2 * u_of(pool(a, b), a.size()) / pairs - 1;
}

}  // namespace tmm::analysis
