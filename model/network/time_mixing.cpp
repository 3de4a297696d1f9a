// SPDX-License-Identifier: MIT
#include "model/network/time_mixing.hpp"

namespace tmm::model {

template <NetworkScalar T>
TimeMixing<T>::TimeMixing(const Block<T>& block, std::size_t length) : block_(&block) {
  if (block.token_mixer.first.heads != 0) {
    toeplitz_.emplace(block, length);
    toeplitz_back_.emplace(block, length);
  } else if (block.token_mixer.attention.heads != 0) {
    attention_.emplace(block, length);
  }
}

template <NetworkScalar T>
void TimeMixing<T>::update() {
  if (toeplitz_) toeplitz_->update();
  if (toeplitz_back_) toeplitz_back_->update();
  if (attention_) attention_->update();
}

template <NetworkScalar T>
TimeMixingMemory<T> TimeMixing<T>::make_memory(std::size_t rows) const {
  TimeMixingMemory<T> memory;
  if (toeplitz_)
    memory.token = toeplitz_->make_record_buffers(rows);
  else if (attention_)
    memory.attention = attention_->make_buffers(rows, 1);
  else if (!averages())
    memory.dense = DenseMixingBuffers<T>(rows, *block_);
  return memory;
}

template <NetworkScalar T>
void TimeMixing<T>::extend(TimeMixingScratch<T>& scratch, std::size_t rows) const {
  if (toeplitz_) {
    toeplitz_->extend(scratch.products, 1);
    toeplitz_back_->extend(scratch.token, rows);
  } else if (attention_ && scratch.attention.mixed.empty()) {
    scratch.attention = AttentionGradientBuffers<T>(rows, *attention_);
  } else if (block_->token_mixer.dense.heads != 0 && scratch.dense.one.empty()) {
    scratch.dense = DenseGradientBuffers<T>(rows, block_->token_norm.weight.size());
  } else if (averages() && scratch.averages.state.empty()) {
    scratch.averages = AveragesBuffers<T>(rows, *block_);
  }
}

template <NetworkScalar T>
void TimeMixing<T>::extend_for_tangents(TimeMixingScratch<T>& scratch, std::size_t rows) const {
  extend(scratch, rows);
  if (toeplitz_) toeplitz_->extend(scratch.tangent);
}

template <NetworkScalar T>
void TimeMixing<T>::forward(MatrixView<T> x, MatrixView<T> y, std::size_t sequences,
                            TimeMixingMemory<T>& memory, TimeMixingScratch<T>& scratch) const {
  const std::size_t m = x.rows / sequences;
  if (attention_) return attention_->forward(x, y, sequences, memory.attention, 1);
  if (averages()) {
    for (std::size_t s = 0; s < sequences; ++s)
      mix_averages(*block_, x.middle_rows(s * m, m), y.middle_rows(s * m, m), scratch.averages);
    return;
  }
  if (!toeplitz_) return mix_dense(*block_, x, y, sequences, memory.dense.record(x.rows, *block_), 1);
  const TokenMixingRecord<T> record = toeplitz_->record(x.rows, memory.token);
  for (std::size_t s = 0; s < sequences; ++s)
    toeplitz_->forward(x.middle_rows(s * m, m), y.middle_rows(s * m, m), record.middle_rows(s * m, m),
                       scratch.products, 1);
}

template <NetworkScalar T>
void TimeMixing<T>::tangent(MatrixView<const T> x, std::size_t sequences, TimeMixingMemory<T>& memory,
                            MatrixView<T> tangent, TimeMixingScratch<T>& scratch) const {
  const std::size_t m = x.rows / sequences;
  if (attention_)
    return attention_tangent(*attention_, x, attention_->record(x.rows, memory.attention), sequences, tangent,
                             scratch.attention);
  if (!toeplitz_ && !averages()) return dense_mixing_tangent(*block_, x, sequences, tangent, scratch.dense);
  for (std::size_t s = 0; s < sequences; ++s) {
    const MatrixView<T> part = tangent.middle_rows(s * m, m);
    if (toeplitz_)
      toeplitz_->tangent(x.middle_rows(s * m, m),
                         toeplitz_->record(x.rows, memory.token).middle_rows(s * m, m), part,
                         scratch.tangent);
    else
      averages_tangent(*block_, x.middle_rows(s * m, m), part, scratch.averages);
  }
}

template <NetworkScalar T>
void TimeMixing<T>::backward(MatrixView<const T> x, std::size_t sequences, TimeMixingMemory<T>& memory,
                             MatrixView<T> gradient, Block<T>& parameters,
                             TimeMixingScratch<T>& scratch) const {
  if (attention_)
    attention_gradient(*attention_, x, attention_->record(x.rows, memory.attention), sequences, gradient,
                       parameters, scratch.attention);
  else if (toeplitz_)
    toeplitz_back_->run(x, toeplitz_->record(x.rows, memory.token), sequences, gradient, parameters,
                        scratch.token);
  else if (averages())
    for (std::size_t m = x.rows / sequences, s = 0; s < sequences; ++s)
      averages_gradient(*block_, x.middle_rows(s * m, m), gradient.middle_rows(s * m, m), parameters,
                        scratch.averages);
  else
    dense_mixing_gradient(*block_, x, memory.dense.record(x.rows, *block_), sequences, gradient, parameters,
                          scratch.dense);
}

template class TimeMixing<float>;
template class TimeMixing<double>;

}  // namespace tmm::model
