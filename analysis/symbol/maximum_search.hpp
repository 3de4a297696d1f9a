// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/symbol/symbol_maximum.hpp"

namespace tmm::analysis {

/// The enclosure of max|a| of symbol_maximum(), made narrower by branch and bound on the arcs of TaylorJets:
/// with the proven expansion t of an arc, |t(s)| ≤ max|t_0 ± t_1| … + Σ_{m≥2}|t_m|, and the arc of the
/// largest bound is halved until that exceeds the largest sample by no more than 2^−46 of it and the errors
/// of both, or, where |a| is nearly constant, for as many times as there are arcs. Throws as symbol_maximum()
/// does.
SymbolMaximum refined_symbol_maximum(std::span<const double> taps);

}  // namespace tmm::analysis
