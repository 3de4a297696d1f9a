// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/checkpoint/architecture.hpp"
#include "model/network/evaluator.hpp"
#include "model/network/objective.hpp"

namespace tmm::io {

/// Tokens as a file gives them: one stream (rows = 0), or rows of `row_length` tokens each.
struct Tokens {
  std::string source;  ///< path and dataset, for messages
  std::vector<std::int32_t> ids;
  std::size_t row_length = 0;  ///< 0: one stream
};

/// Reads an HDF5 dataset of integers of any width, a stream (N) or rows (B, m). Without a name: "tokens", or
/// "input_ids", or the only dataset there is. Throws FileError, FormatError: no such dataset (lists what is
/// there), not integers, another rank, empty, a negative token or one from v on (says which one and where).
Tokens read_tokens(const std::string& path, std::size_t vocabulary,
                   const std::optional<std::string>& dataset = {});

/// Bytes of files as tokens, one file after the other as one stream. Throws FileError, FormatError (an empty
/// file), ArgumentError if v is not 256. At least one path.
Tokens read_text(const std::vector<std::string>& paths, std::size_t vocabulary);

/// Sequences of one length, cut from tokens: a stream into consecutive pieces of n tokens (a rest shorter
/// than that is left out, unless it is all there is), rows as they are. For Objective::copy pieces of n/2
/// tokens are written twice in a row; rows whose two halves are equal already are taken as they are.
struct SequenceSet {
  std::size_t length = 0;
  std::vector<std::int32_t> ids;
  std::size_t left_out = 0;  ///< tokens of the stream's rest

  [[nodiscard]] std::size_t count() const { return length == 0 ? 0 : ids.size() / length; }
};

/// Throws FormatError: rows longer than n, or a stream too short to predict anything.
SequenceSet cut_sequences(const Tokens& tokens, const model::Architecture& architecture,
                          model::Objective objective);

/// Sequences first … first + count − 1 of a set, labelled for the objective.
model::TokenBatch make_batch(const SequenceSet& set, std::size_t first, std::size_t count,
                             model::Objective objective);

}  // namespace tmm::io
