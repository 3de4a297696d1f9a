// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/repair/repair.hpp"
#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/repair_report.hpp"
#include "io/tokens/tokens.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io {

/// Which operators of a checkpoint to replace by others with the same |a| on the unit circle.
struct RepairRequest {
  std::string layers;  ///< model::LayerSelection; empty: all
  analysis::RepairTarget target;
  model::Assumptions assumptions;
  std::size_t threads = 1;
};

/// Every chosen operator with what becomes of it once its taps are rounded to the type that they are stored
/// in; the index of these is certified anew. Operators are independent of each other: the result does not
/// depend on the number of threads. Throws as reading and analysis::repair do, naming the operator;
/// FormatError for one that is no row of stored taps (softplus of what is stored, decaying averages, dense,
/// rows divided by sums of their taps), and for taps beyond the range of their type.
std::vector<RepairedLayer> repair_layers(const TensorSource& source, const RepairRequest& request);

/// The arrays with the taps of these layers in their rows, every other number as stored.
ReplacedArrays repaired_arrays(const TensorSource& source, std::span<const RepairedLayer> layers);

/// The tensors with the taps of these layers in their rows.
model::StateDict with_repaired(const model::StateDict& state, std::span<const RepairedLayer> layers);

/// How sequences of a network are run.
struct LossRequest {
  model::Assumptions assumptions;
  model::Objective objective = model::Objective::clm;
  std::size_t sequences = 0;  ///< the first so many of the set
  std::size_t batch = 16, threads = 1;
  bool float64 = false;
};

/// Mean loss of the network as stored, with each of the layers repaired alone, and with all of them, on the
/// same sequences. Layers that nothing was done to are left out.
RepairEffects repair_effects(const model::StateDict& state, std::span<const RepairedLayer> layers,
                             const SequenceSet& set, const LossRequest& request,
                             const std::function<void(std::size_t done, std::size_t total)>& progress = {});

}  // namespace tmm::io
