// SPDX-License-Identifier: MIT
#include "analysis/work_list.hpp"

#include <algorithm>
#include <utility>

namespace tmm::analysis {

WorkList::WorkList(std::vector<double> costs) : costs_(std::move(costs)), end_(costs_.size()) {
  while (first_ < end_ && costs_[first_] == 0) ++first_;
}

std::optional<std::size_t> WorkList::take(bool in_order) {
  if (first_ >= end_) return std::nullopt;
  std::size_t taken = first_;
  if (!in_order)
    for (std::size_t i = first_; i < std::min(end_, first_ + lookahead); ++i)
      if (costs_[i] > costs_[taken]) taken = i;
  costs_[taken] = 0;
  while (first_ < end_ && costs_[first_] == 0) ++first_;
  return taken;
}

void WorkList::end_before(std::size_t i) {
  end_ = std::min(end_, i);
}

double analysis_cost(std::size_t n) {
  const auto size = static_cast<double>(n);
  return 1e4 + size * size * (100 + size);
}

}  // namespace tmm::analysis
