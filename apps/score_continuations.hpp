// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/network_file.hpp"
#include "io/checkpoint/tensor_source.hpp"

namespace tmm::apps {

/// What `tmm evaluate --continuations` is asked for.
struct ContinuationRequest {
  std::string requests;           ///< file of JSON lines
  std::string precision, format;  ///< "float32" or "float64"; "table" or "json"
  std::size_t threads = 1;
};

/// --continuations FILE
CLI::Option* add_continuations(CLI::App& command, std::string& requests);

/// Scores the requests and writes what came out.
void score_continuations(const NetworkFile& network, const ContinuationRequest& request,
                         const io::TensorSource& source);

}  // namespace tmm::apps
