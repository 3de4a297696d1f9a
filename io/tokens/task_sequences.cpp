// SPDX-License-Identifier: MIT
#include "io/tokens/task_sequences.hpp"

namespace tmm::io {

SequenceSet draw_sequences(const model::TaskTokens& task, std::uint64_t stream, std::size_t first,
                           std::size_t count) {
  SequenceSet set;
  set.length = task.length();
  for (std::size_t i = first; i < first + count; ++i) {
    const auto drawn = task.draw(stream, i);
    set.ids.insert(set.ids.end(), drawn.ids.begin(), drawn.ids.end());
    set.labels.insert(set.labels.end(), drawn.labels.begin(), drawn.labels.end());
    set.distances.insert(set.distances.end(), drawn.distances.begin(), drawn.distances.end());
  }
  return set;
}

void add_copy_distances(SequenceSet& set) {
  if (set.length < 2) return;
  set.distances.assign(set.ids.size(), static_cast<std::uint32_t>(set.length / 2 - 1));
}

}  // namespace tmm::io
