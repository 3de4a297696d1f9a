// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "model/pass/evaluator.hpp"

namespace tmm::io {

/// A stored forward pass that another one is compared with. As HDF5: input_ids (B, m), labels (B, m) as the
/// objective sees them (not shifted, −100 ignored; of an autoencoder input_ids, where they are not there),
/// and any of
///   attribute loss, or loss_per_sequence (B)
///   logits (S, m, v), of a language model also (S, m − 1, v) without the last; or logits (S, P, v) at the P
///   positions of `positions`, ascending integers; or
///   logits_every_KTH_position (S, P, v) at 0, K, 2K, …; of the first S sequences
///   block_output/BLOCK (S, m, d), the residual stream after each block; or (S, P, d) at `positions`.
/// Fewer positions than tokens without a word which they are is an error, never a guess.
struct Golden {
  model::TokenBatch batch;  ///< labels aligned with the logits
  std::optional<double> loss;
  std::vector<double> loss_per_sequence;
  /// Values at some positions of the first sequences.
  struct Outputs {
    Array<double> values;                ///< (S, P, width)
    std::vector<std::size_t> positions;  ///< P of them, ascending
  };
  std::optional<Outputs> logits;
  std::map<std::string, Outputs> block_output;
};

/// Throws FileError, FormatError: a dataset that is missing or has a shape that does not fit the network.
Golden read_golden(const std::string& path, const model::Architecture& architecture);

/// Largest differences from a golden file; `scale` is the largest magnitude that is stored. Nothing where the
/// file stores nothing.
struct GoldenDifference {
  struct Difference {
    double largest = 0;
    double scale = 0;
  };
  std::optional<Difference> loss;  ///< of the mean, or per sequence
  double loss_relative = 0;        ///< largest |loss − stored| / |stored|
  std::optional<Difference> logits;
  std::map<std::string, Difference> block_output;
};

/// Runs the network on the golden file's tokens. Throws as Evaluator does.
template <model::NetworkScalar T>
GoldenDifference compare_with_golden(const model::Tmm<T>& network, const Golden& golden, std::size_t threads);

extern template GoldenDifference compare_with_golden(const model::Tmm<float>&, const Golden&, std::size_t);
extern template GoldenDifference compare_with_golden(const model::Tmm<double>&, const Golden&, std::size_t);

}  // namespace tmm::io
