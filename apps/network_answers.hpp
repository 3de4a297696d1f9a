// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "model/checkpoint/assumptions.hpp"

namespace tmm::apps {

/// Flags that answer what no tensor of a checkpoint says.
struct NetworkAnswers {
  std::optional<bool> mean_normalised, clm_encoder, unroll;
  std::size_t context = 0;  ///< 0: not given
};

/// --mean-normalised, --clm-encoder, --unroll (each with its --no- form) and --context.
void add_answers(CLI::App& command, NetworkAnswers& answers);

/// The flags that were given, as they stand on a command line; empty for none.
std::string answer_options(const NetworkAnswers& answers);

/// What is taken for true of a checkpoint under these flags.
model::Assumptions assumptions(bool assume_toeplitz, const NetworkAnswers& answers);

}  // namespace tmm::apps
