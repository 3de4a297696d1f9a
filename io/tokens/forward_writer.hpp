// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "model/pass/forward_pass.hpp"

namespace tmm::io {

/// Sizes of what a ForwardWriter will see.
struct ForwardSizes {
  std::size_t sequences = 0, length = 0;
};

/// Writes what passes by into HDF5 files, as it comes: logits (B, m, v), and block_output/BLOCK (B, m, d),
/// the residual stream after each block. Disk space is taken as numbers of T; nothing is kept in memory.
template <model::NetworkScalar T>
class ForwardWriter : public model::ForwardObserver<T> {
 public:
  /// Either path may be empty: then that file is not written. `warnings` stand in the root attribute of that
  /// name, one a line, where there are any. Throws FileError.
  ForwardWriter(const model::Tmm<T>& network, ForwardSizes sizes, const std::string& logits_path,
                const std::string& activations_path, const std::vector<std::string>& warnings = {});

  /// Observed sequences are counted from here on.
  void start_batch(std::size_t first_sequence) { first_sequence_ = first_sequence; }
  void block_output(std::size_t block, std::size_t sequence, model::MatrixView<const T> x) override;
  void logits(std::size_t sequence, std::size_t first_position, model::MatrixView<const T> values) override;
  [[nodiscard]] bool wants_all_logits() const override { return logits_ != nullptr; }
  /// Throws the first error of writing, if there was one; otherwise the files appear under their names.
  void finish();

 private:
  void write(ArrayWriter& file, const std::string& dataset, std::size_t sequence, std::size_t first_position,
             model::MatrixView<const T> values);

  const model::Tmm<T>& network_;
  std::size_t first_sequence_ = 0;
  std::unique_ptr<ArrayWriter> logits_, activations_;
  std::mutex mutex_;
  std::exception_ptr error_;
};

extern template class ForwardWriter<float>;
extern template class ForwardWriter<double>;

}  // namespace tmm::io
