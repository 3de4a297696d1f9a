// SPDX-License-Identifier: MIT
#include "analysis/measures/report.hpp"

#include <algorithm>

namespace tmm::analysis {

void settle(std::vector<NamedMeasure>& measures) {
  for (NamedMeasure& named : measures) named.measure = named.measure.settled();
}

const Measure* OperatorReport::find(std::string_view id) const {
  const auto position = std::ranges::find(measures, id, &NamedMeasure::id);
  return position == measures.end() ? nullptr : &position->measure;
}

}  // namespace tmm::analysis
