// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>

namespace tmm::analysis {

/// Calls visit(x, lane) for every entry x of `count` columns of length n, one behind the other, and its place
/// in rows of `lanes` entries, a column in each lane: a part of the rows at a time, so that both stay in the
/// cache.
template <std::size_t lanes, class Visit>
void visit_lanes(double* columns, std::size_t n, std::size_t count, double* rows, const Visit& visit) {
  constexpr std::size_t part = 64;
  for (std::size_t first = 0; first < n; first += part)
    for (std::size_t l = 0; l < count; ++l)
      for (std::size_t i = first; i < std::min(first + part, n); ++i)
        visit(columns[l * n + i], rows[i * lanes + l]);
}

}  // namespace tmm::analysis
