// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "analysis/pseudospectra/plane.hpp"

namespace tmm::apps {

/// --pseudospectra and --grid.
struct PlaneOptions {
  bool asked_for = false;
  std::string grid;

  /// The grid, if the plane was asked for.
  [[nodiscard]] std::optional<analysis::PlaneGrid> wanted() const;
};

void add_plane(CLI::App& command, PlaneOptions& plane);

}  // namespace tmm::apps
