// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/checkpoint/architecture.hpp"
#include "model/generation/score.hpp"

namespace tmm::io {

/// Requests of a file of JSON lines, and which lines they stand in, counted from 1.
struct Continuations {
  std::vector<model::Continuation> requests;
  std::vector<std::size_t> lines;
};

/// Reads {"context": [ids], "continuation": [ids]}, one object a line; other members and blank lines do not
/// matter. Throws FileError; FormatError, naming the line, for anything else: no JSON, a missing field, no
/// ids or some outside [0, v), an empty context or continuation, both together longer than n + 1 (the last
/// token is not read); and for a file without requests.
Continuations read_continuations(const std::string& path, const model::Architecture& architecture);

}  // namespace tmm::io
