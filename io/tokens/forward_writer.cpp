// SPDX-License-Identifier: MIT
#include "io/tokens/forward_writer.hpp"

#include <array>
#include <exception>

namespace tmm::io {

template <model::NetworkScalar T>
ForwardWriter<T>::ForwardWriter(const model::Tmm<T>& network, ForwardSizes sizes,
                                const std::string& logits_path, const std::string& activations_path,
                                const std::vector<std::string>& warnings)
    : network_(network) {
  std::string lines;
  for (const std::string& warning : warnings) lines += (lines.empty() ? "" : "\n") + warning;
  const auto& a = network.architecture;
  if (!logits_path.empty()) {
    logits_ = std::make_unique<ArrayWriter>(logits_path);
    logits_->reserve<T>("logits", std::array{sizes.sequences, sizes.length, a.vocabulary});
    if (!lines.empty()) logits_->attribute("/", "warnings", lines);
  }
  if (activations_path.empty()) return;
  activations_ = std::make_unique<ArrayWriter>(activations_path);
  for (const auto& block : network.blocks)
    activations_->reserve<T>("block_output/" + block.name,
                             std::array{sizes.sequences, sizes.length, a.embedding});
  if (!lines.empty()) activations_->attribute("/", "warnings", lines);
}

// Called inside parallel work, which no exception may leave: the first one waits for finish().
template <model::NetworkScalar T>
void ForwardWriter<T>::write(ArrayWriter& file, const std::string& dataset, std::size_t sequence,
                             std::size_t first_position, model::MatrixView<const T> values) {
  const std::lock_guard lock(mutex_);  // HDF5 is not thread-safe
  if (error_) return;
  try {
    file.write_part(dataset, std::array{first_sequence_ + sequence, first_position, std::size_t{0}},
                    std::array{std::size_t{1}, values.rows, values.cols},
                    std::span(values.data, values.rows * values.cols));
  } catch (...) {
    error_ = std::current_exception();
  }
}

template <model::NetworkScalar T>
void ForwardWriter<T>::block_output(std::size_t block, std::size_t sequence, model::MatrixView<const T> x) {
  if (activations_) write(*activations_, "block_output/" + network_.blocks[block].name, sequence, 0, x);
}

template <model::NetworkScalar T>
void ForwardWriter<T>::logits(std::size_t sequence, std::size_t first_position,
                              model::MatrixView<const T> values) {
  if (logits_) write(*logits_, "logits", sequence, first_position, values);
}

template <model::NetworkScalar T>
void ForwardWriter<T>::finish() {
  if (error_) std::rethrow_exception(error_);
  if (logits_) logits_->finish();
  if (activations_) activations_->finish();
}

template class ForwardWriter<float>;
template class ForwardWriter<double>;

}  // namespace tmm::io
