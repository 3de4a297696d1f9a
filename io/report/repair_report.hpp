// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/repair/repair.hpp"
#include "model/checkpoint/layer_operator.hpp"
#include "model/network/objective.hpp"

namespace tmm::io {

/// An operator of a checkpoint, and what stands in its place.
struct RepairedLayer {
  model::LayerOperator layer;  ///< as it was
  std::string tensor;          ///< its taps are row `row` of this one
  std::size_t row = 0;
  analysis::Repair repair;
  std::vector<double> stored;  ///< the new taps, rounded to the type that they are stored in
  analysis::Winding after;     ///< of `stored`
  double rounding = 0;  ///< ‖stored − repair.reflection.taps‖₁ / max|a|: bounds what rounding does to |a|
  double modulus_error = 0;  ///< max ||a_stored| − |a|| / max|a| on a fine grid, rounding included

  [[nodiscard]] bool changed() const { return repair.outward + repair.inward > 0; }
};

/// Loss of a network with some layers repaired, over sequences that all of them have seen.
struct RepairEffect {
  std::string layer;          ///< layer_label; empty: all of them together
  double loss = 0;            ///< mean cross entropy in nats
  double difference = 0;      ///< loss − that of the network as stored
  double standard_error = 0;  ///< of the difference, from its spread over sequences; NaN for one sequence
};

struct RepairEffects {
  double loss = 0, standard_error = 0;  ///< of the network as stored
  std::size_t sequences = 0, length = 0, counted = 0;
  std::vector<RepairEffect> layers = {};  ///< each alone; the last: all together
};

/// What `tmm repair` has done.
struct RepairReport {
  std::string file, sha256;  ///< of the input
  std::string output;
  analysis::RepairTarget target;
  std::vector<RepairedLayer> layers;
  std::size_t operators = 0;  ///< of the checkpoint, chosen or not
  std::vector<std::string> warnings;
  std::optional<RepairEffects> effects;
  std::string tokens, precision;  ///< of the effects
  model::Objective objective = model::Objective::clm;
};

/// What tables say of a layer behind its name: N before and after, zeros reflected out and in, those left on
/// the circle, change of w, error of |a| ("-" for a layer that is as it was).
std::vector<std::string> repair_cells(const RepairedLayer& layer);
/// Loss, change and its standard error; "?" where not finite.
std::vector<std::string> effect_cells(const RepairEffect& effect);
/// Loss of the network as stored, with its standard error.
std::string loss_before(const RepairEffects& effects);

/// Terminal, 80 columns.
std::string repair_table(const RepairReport& report);
/// schema_version 1.
std::string repair_json(const RepairReport& report);

}  // namespace tmm::io
