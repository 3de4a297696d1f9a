// SPDX-License-Identifier: MIT
#include "analysis/sections.hpp"

#include "model/base/error.hpp"

namespace tmm::analysis {

std::vector<Section> analyze_sections(const model::LayerOperator& layer, std::span<const std::size_t> sizes,
                                      const AnalyzeOptions& options) {
  AnalyzeOptions plain = options;
  plain.sections.clear();
  plain.keep_arrays = false;
  std::vector<Section> sections;
  for (const std::size_t m : sizes) {
    if (m == 0) throw ArgumentError("a section needs at least one row", {"", "", "sizes ≥ 1", "0", ""});
    if (m > model::order(layer)) continue;
    const model::LayerOperator part = model::leading_section(layer, m);
    sections.push_back({m, analyze(part, plain).measures});
  }
  return sections;
}

}  // namespace tmm::analysis
