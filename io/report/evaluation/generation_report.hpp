// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/generation/generate.hpp"
#include "model/generation/score.hpp"

namespace tmm::io {

/// What `tmm generate` has drawn, and how.
struct GenerationReport {
  std::string file;    ///< checkpoint
  std::string sha256;  ///< of the checkpoint
  std::vector<std::int32_t> prompt;
  model::GenerationSettings settings;
  model::Generation generation;
  std::string precision;              ///< "float32" or "float64": the arithmetic of the network
  bool text = false;                  ///< tokens are bytes of text
  std::vector<std::string> warnings;  ///< about the file: what was assumed or left out
};

/// schema_version 1. `tokens` are prompt and continuation; `logprobs`, one for each token of the
/// continuation, are of the network's own distribution, not of the one drawn from.
std::string generation_json(const GenerationReport& report);

/// What `tmm evaluate --continuations` has found.
struct ContinuationReport {
  std::string file, sha256;
  std::string source;              ///< of the requests
  std::vector<std::size_t> lines;  ///< of each request in it, counted from 1
  std::vector<model::Continuation> requests;
  std::vector<model::ContinuationScore> scores;
  std::string precision;
  std::size_t contexts = 0;  ///< different ones: passes over a context
  std::size_t threads = 0;
  double seconds = 0;
  std::vector<std::string> warnings;
};

std::string continuation_table(const ContinuationReport& report);
/// schema_version 1.
std::string continuation_json(const ContinuationReport& report);

}  // namespace tmm::io
