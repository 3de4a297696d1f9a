// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "analysis/analyze.hpp"

namespace tmm::analysis {

/// Index and spectrum of the leading sections T_m, m ≤ n: the layer as it acts on sequences of length m,
/// weights w_0 … w_{m−1}. For a fixed symbol with N inner zeros, T_m has exactly N singular values that
/// vanish as m grows (splitting: Roch & Silbermann 1996; Böttcher & Silbermann 1999, ch. 4). A trained
/// layer's symbol changes with m: compare winding_number and effective_index across sections to see whether
/// that theory describes it.
///
/// One entry for every m of `sizes` that is at most n, in that order. Throws ArgumentError if some m is 0.
std::vector<Section> analyze_sections(const model::LayerOperator& layer, std::span<const std::size_t> sizes,
                                      const AnalyzeOptions& options = {});

}  // namespace tmm::analysis
