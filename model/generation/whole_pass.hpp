// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/pass/forward_pass.hpp"

namespace tmm::model {

/// Logits of the next token by one pass over the whole sequence, with nothing kept: the readable twin of
/// CachedPass, and the only way once a sequence slides.
template <NetworkScalar T>
class WholePass {
 public:
  /// For sequences of up to `length` tokens. Keeps a reference to the network. Throws ArgumentError as
  /// CachedPass does.
  WholePass(const Tmm<T>& network, std::size_t length, std::size_t threads);

  /// Logits (v) behind `ids`, which stand until the next call. Throws ArgumentError for none, too many, and
  /// an id outside [0, v).
  std::span<const T> logits(std::span<const std::int32_t> ids);

 private:
  ForwardPass<T> pass_;
  std::size_t threads_;
  typename ForwardPass<T>::Workspace workspace_;
  std::vector<T> logits_;
};

extern template class WholePass<float>;
extern template class WholePass<double>;

}  // namespace tmm::model
