// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "model/checkpoint/architecture.hpp"

namespace tmm::model {

/// What a new network is to be, in the words of a command line.
struct NetworkSizes {
  std::string family = "tmm";       ///< key of its family (find_family)
  std::string mixing = "toeplitz";  ///< toeplitz, attention or dense: what TMM blocks mix over time with
  Network network = Network::language_model;
  std::size_t embedding = 64;    ///< d
  std::size_t context = 64;      ///< n
  std::size_t vocabulary = 256;  ///< v
  std::size_t blocks = 4;        ///< L; an autoencoder has so many in its encoder, and again in its decoder
  std::size_t expansion = 4;     ///< hidden width of channel mixing over d
  std::size_t heads = 1;         ///< H; 1 is a layer without heads and projections
  std::size_t kernel_rows = 1;   ///< k
  std::size_t bottleneck = 0;    ///< width of an autoencoder's compressed code; 0: not compressed
  bool expanded = false;         ///< T2∘SiLU∘T1 in place of T
  bool parallel_heads = false;   ///< heads in one tensor
  bool tied = false;             ///< one embedding for input and output
};

/// The architecture of these sizes: exactly what recognize() finds in a checkpoint of such a network. Throws
/// ArgumentError naming the size: one that is 0, heads that do not divide d, an autoencoder of odd d or tied,
/// heads or expanded layers with a kernel, a bottleneck without an autoencoder; attention or dense matrices
/// with anything that only Toeplitz layers have, in an autoencoder or another family, attention with heads of
/// an odd width, dense matrices with heads; what another family than the TMM has not, or a family of which no
/// new networks are made.
Architecture plan_architecture(const NetworkSizes& sizes);

}  // namespace tmm::model
