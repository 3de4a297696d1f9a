// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/network/cross_entropy.hpp"
#include "model/network/token_batch.hpp"
#include "model/pass/forward_pass.hpp"

namespace tmm::model {

/// Loss of a network on batches of tokens. A few sequences at a time pass through the whole network on each
/// thread, logits a few rows at a time: memory depends on the length, not on the number of sequences or on
/// v·m. The result does not depend on the number of threads, bit for bit.
template <NetworkScalar T>
class Evaluator {
 public:
  /// For sequences of at most `length` tokens. Keeps a reference to the network. Throws as ForwardPass does.
  Evaluator(const Tmm<T>& network, std::size_t length, std::size_t threads);

  /// out[s·m + t]: outcome at position t of sequence s. Throws ArgumentError naming sequence and position for
  /// a token or label outside [0, v), and for a length that was not planned.
  void run(const TokenBatch& batch, std::span<TokenLoss> out, ForwardObserver<T>* observer = nullptr);

 private:
  struct Worker {
    typename ForwardPass<T>::Workspace workspace;
    AlignedVector<T> logits;
  };

  void check(const TokenBatch& batch, std::span<TokenLoss> out) const;
  void run_group(const TokenBatch& batch, std::size_t first, std::size_t sequences, std::span<TokenLoss> out,
                 Worker& worker, std::size_t threads, ForwardObserver<T>* observer) const;
  void finish_sequence(std::size_t sequence, MatrixView<const T> x, const std::int32_t* labels,
                       TokenLoss* out, Worker& worker, std::size_t threads,
                       ForwardObserver<T>* observer) const;

  ForwardPass<T> pass_;
  std::size_t threads_;
  std::size_t logit_rows_;
  std::vector<Worker> workers_;
};

extern template class Evaluator<float>;
extern template class Evaluator<double>;

}  // namespace tmm::model
