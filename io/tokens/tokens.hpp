// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/tokens/integer_file.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/network/objective.hpp"
#include "model/pass/evaluator.hpp"

namespace tmm::io {

/// Tokens as a file gives them: one stream (rows = 0), or rows of `row_length` tokens each.
struct Tokens {
  std::string source;  ///< path and dataset, for messages
  std::vector<std::int32_t> ids;
  std::size_t row_length = 0;  ///< 0: one stream
  /// The id of padding, which nothing is to predict; it may lie outside of the vocabulary, every other id
  /// does not.
  std::optional<std::int32_t> ignored = {};
};

/// How to read a file of tokens.
struct TokenFile {
  std::optional<std::string> dataset = {};   ///< of HDF5
  std::optional<RawInteger> type = {};       ///< of a file without a header: what it is made of
  std::optional<std::int32_t> ignored = {};  ///< id of padding
};

/// Reads integers of any width, a stream (N) or rows (B, m):
///   HDF5: a dataset; without a name "tokens", or "input_ids", or the only one there is;
///   numpy: .npy;
///   a file of nothing but numbers, a stream: with `type`, or if its name ends in .bin (uint16, as nanoGPT
///   writes them).
/// Throws FileError, FormatError: no such dataset (lists what is there), not integers, another rank, empty, a
/// negative token or one from v on that is not padding (says which one and where), a form that is not known.
Tokens read_tokens(const std::string& path, std::size_t vocabulary, const TokenFile& how = {});

/// Bytes of files as tokens, one file after the other as one stream. Throws FileError, FormatError (an empty
/// file), ArgumentError if v is not 256. At least one path.
Tokens read_text(const std::vector<std::string>& paths, std::size_t vocabulary);

/// Sequences of one length, cut from tokens: a stream into consecutive pieces of n tokens (a rest shorter
/// than that is left out, unless it is all there is), rows as they are. For Objective::copy pieces of n/2
/// tokens are written twice in a row; rows whose two halves are equal already are taken as they are. For
/// Objective::clm rows of n + 1 tokens are n inputs and n labels. Padding is never a label; padding outside
/// of the vocabulary, which only the end of a sequence of a language model may have, is 0 among the inputs:
/// what comes after the last label does not count.
struct SequenceSet {
  std::size_t length = 0;
  std::vector<std::int32_t> ids;
  std::size_t left_out = 0;  ///< tokens of the stream's rest
  /// (count, length) as in TokenBatch, where they are not what model::make_labels gives; else empty.
  std::vector<std::int32_t> labels = {};
  /// (count, length): how far back an answer stands where one is asked for (model::TaskSequence); else empty.
  std::vector<std::uint32_t> distances = {};

  [[nodiscard]] std::size_t count() const { return length == 0 ? 0 : ids.size() / length; }
};

/// Throws FormatError: rows longer than n (n + 1 for a language model), a stream too short to predict
/// anything, padding outside of the vocabulary before a token, or in an autoencoder's input, nothing but
/// padding.
SequenceSet cut_sequences(const Tokens& tokens, const model::Architecture& architecture,
                          model::Objective objective);

/// Sequences first … first + count − 1 of a set, labelled for the objective.
model::TokenBatch make_batch(const SequenceSet& set, std::size_t first, std::size_t count,
                             model::Objective objective);

}  // namespace tmm::io
