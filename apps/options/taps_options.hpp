// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "model/checkpoint/explicit_taps.hpp"

namespace tmm::apps {

/// --taps and the steps that go with it.
struct TapsOptions {
  model::TapsRequest request;
  std::string transform;

  /// Nothing without --taps.
  [[nodiscard]] std::optional<model::TapsRequest> wanted() const;
};

/// Adds --taps, --transpose, --reverse, --transform and --add-to-first; the others need the first. `options`
/// must outlive `command`.
void add_taps(CLI::App& command, TapsOptions& options);

}  // namespace tmm::apps
