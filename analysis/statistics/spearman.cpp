// SPDX-License-Identifier: MIT
#include "analysis/statistics/spearman.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "analysis/statistics/student.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Ranks = std::vector<std::int64_t>;

/// Twice the middle ranks less their mean, n + 1: integers, whose sum is 0.
Ranks centred_ranks(std::span<const double> values) {
  if (std::ranges::any_of(values, [](double x) { return std::isnan(x); }))
    throw ArgumentError("a rank correlation does not take NaN");
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  Ranks ranks(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i)
      ranks[order[i]] =
          static_cast<std::int64_t>(first + 1 + end) - static_cast<std::int64_t>(order.size() + 1);
  }
  return ranks;
}

std::int64_t product(const Ranks& a, const Ranks& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0});
}

/// Share of the pairings with a product at least as far from 0; equal ranks make equal pairings equally
/// often.
double exact_p_value(const Ranks& a, const Ranks& b) {
  const std::int64_t found = std::abs(product(a, b));
  Ranks paired = b;
  std::ranges::sort(paired);
  std::size_t all = 0, extreme = 0;
  do {
    ++all;
    if (std::abs(product(a, paired)) >= found) ++extreme;
  } while (std::ranges::next_permutation(paired).found);
  return static_cast<double>(extreme) / static_cast<double>(all);
}

/// Of |ρ| = 1: Π t! of the n! pairings keep the order of groups of t equal values, as many at most reverse
/// it.
double p_value_of_one_order(Ranks ranks) {
  std::ranges::sort(ranks);
  double logarithm = std::log(2) - std::lgamma(static_cast<double>(ranks.size()) + 1);
  for (std::size_t first = 0, end = 0; first < ranks.size(); first = end) {
    while (end < ranks.size() && ranks[end] == ranks[first]) ++end;
    logarithm += std::lgamma(static_cast<double>(end - first) + 1);
  }
  return std::min(1.0, std::exp(logarithm));
}

}  // namespace

std::optional<Spearman> spearman(std::span<const double> x, std::span<const double> y) {
  constexpr double normal_quantile = 1.959963984540054;
  if (x.size() != y.size())
    throw ArgumentError("a correlation is one of pairs",
                        {"", "", std::to_string(x.size()), std::to_string(y.size()), ""});
  const Ranks a = centred_ranks(x), b = centred_ranks(y);
  const std::int64_t of_a = product(a, a), of_b = product(b, b), of_both = product(a, b);
  if (x.size() < fewest_correlated || of_a == 0 || of_b == 0) return std::nullopt;
  Spearman result;
  result.count = x.size();
  const auto n = static_cast<double>(x.size());
  const bool whole = of_a == of_b && std::abs(of_both) == of_a;  // |ρ| = 1
  result.rho =
      whole ? (of_both > 0 ? 1 : -1)
            : static_cast<double>(of_both) / std::sqrt(static_cast<double>(of_a) * static_cast<double>(of_b));
  result.exact = x.size() <= most_exact_pairs;
  if (result.exact)
    result.p_value = exact_p_value(a, b);
  else if (whole)
    result.p_value = p_value_of_one_order(a);
  else
    result.p_value =
        student_two_sided(result.rho * std::sqrt((n - 2) / (1 - result.rho * result.rho)), n - 2);
  if (whole) return result;
  const double z = std::atanh(result.rho);
  const double half = normal_quantile * std::sqrt((1 + result.rho * result.rho / 2) / (n - 3));
  result.lower = std::tanh(z - half);
  result.upper = std::tanh(z + half);
  return result;
}

}  // namespace tmm::analysis
