// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/measure.hpp"
#include "analysis/measures/report.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::analysis {

/// The token mixing of one block as one operator on sequences of d-vectors (bias left out).
///
///   flat      T ⊗ I_d, symbol a(z) I:                       index −d N;
///   heads     y = O concat_h(T_h P_h x), A(z) = Σ_h a_h(z) O_h P_h, det A = det O · det P · Π_h a_h^{d/H}:
///                                                           index −(d/H) Σ_h N_h, if O and the stacked P are
///                                                           invertible;
///   kernel    y[e] = Σ_i T_i x[e + i − (k−1)] with x = 0 outside 0 ≤ e < d: lower triangular in the channel,
///   every diagonal
///             entry a_{k−1}, det A = a_{k−1}^d:             index −d N_{k−1}, whatever the other rows are.
///
/// (The operator with the matrix symbol A is Fredholm iff det A has no zero on the circle, and its index is
/// minus the winding number of det A: Gohberg & Krein 1958; Böttcher & Silbermann, Analysis of Toeplitz
/// Operators, 2006, ch. 2.) A zero of one head's symbol on the circle makes the whole layer not Fredholm.
/// Expanded layers are not linear and have no index of their own. Exponential averages of one channel meet in
/// a projection, A(z) = Σ_j a_j(z) P_j with no factor alone: no entry. Rows divided by c_t > 0, which tends
/// to Σ w > 0, leave the index as it is.
struct LayerIndex {
  std::string part;
  int block = 0;
  std::size_t operators = 0;  ///< Toeplitz operators that enter
  Measure index;              ///< Fredholm index of the layer
  Measure condition_input;    ///< σ_max/σ_min of the stacked P (heads only)
  Measure condition_output;   ///< σ_max/σ_min of O (heads only)
};

/// One entry a block that is linear, in the order of the reports. `weights` must hold the projections of
/// layers with heads, under the names of the family; where they are missing the index is undecided and
/// says so. Without an embedding d in the architecture there is no entry.
std::vector<LayerIndex> layer_indices(std::span<const OperatorReport> reports,
                                      const model::StateDict& weights,
                                      const model::Architecture& architecture);

}  // namespace tmm::analysis
