// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace tmm::model {

/// Random sequences in which something far away matters: a source for training without any file.
///
/// Tokens are 0 … v − 1. A sequence is written in phrases until it is full. At position t each phrase is
///
///   an echo, with probability ½ if t ≥ 4:  x_{t+i} = x_{t+i−ℓ}, 0 ≤ i < m,
///       lag ℓ = ⌊4·(t/4)^y⌋, y uniform on [0, 1): log-uniform from 4 to the beginning of the sequence;
///       length m uniform on 8 … 31;
///   or new text otherwise, of length m uniform on 4 … 11: each token follows the one before it by a fixed
///       random grammar, x_t = f(x_{t−1}, j), j ∈ {0, 1, 2, 3} with probabilities ½, ¼, ⅛, ⅛ (1.21 nats a
///       token where all four differ); the first token of a sequence is uniform.
///
/// The four successors f(x, ·) are drawn once from the seed. A network that sees one token back cannot do
/// better than the grammar allows; only one that finds the lag of an echo can.
class SyntheticTokens {
 public:
  /// v ≥ 1.
  SyntheticTokens(std::size_t vocabulary, std::uint64_t seed) : vocabulary_(vocabulary), seed_(seed) {}

  /// Sequence number `sequence` of stream `stream`; a function of these, the seed and v alone, and for
  /// sequences of two lengths the shorter is the beginning of the longer.
  void draw(std::uint64_t stream, std::uint64_t sequence, std::span<std::int32_t> out) const;
  /// f(token, branch).
  [[nodiscard]] std::int32_t successor(std::int32_t token, std::uint64_t branch) const;

 private:
  std::size_t vocabulary_;
  std::uint64_t seed_;
};

}  // namespace tmm::model
