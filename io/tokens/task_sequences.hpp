// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "io/tokens/tokens.hpp"
#include "model/training/task_tokens.hpp"

namespace tmm::io {

/// Streams of drawn sequences, by what they are for: no evaluation sees what was trained on.
inline constexpr std::uint64_t training_stream = 0, validation_stream = 1, evaluation_stream = 2;

/// Sequences first … first + count − 1 of a stream, with labels and distances.
SequenceSet draw_sequences(const model::TaskTokens& task, std::uint64_t stream, std::size_t first,
                           std::size_t count);

/// Says of sequences of the copy objective how far back each answer stands: ⌊length/2⌋ − 1.
void add_copy_distances(SequenceSet& set);

}  // namespace tmm::io
