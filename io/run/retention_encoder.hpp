// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "io/run/training_config.hpp"
#include "model/network/tmm.hpp"

namespace tmm::io {

/// The encoder of a retention run: a network from a file, or one of its architecture drawn anew.
class RetentionEncoder {
 public:
  /// Reads what `config.encoder` names and sets the sizes that follow from it (dim, vocabulary, expansion,
  /// heads, …). Untrained, every number is drawn as tmm train does, with the configuration's init and seed.
  /// Throws FileError, FormatError as reading a checkpoint does (not a whole network, …); ArgumentError as
  /// retention_architecture does, and for a size that is given and not the encoder's.
  explicit RetentionEncoder(TrainingConfig& config);

  [[nodiscard]] const model::Tmm<float>& network() const { return network_; }
  /// Of encoder and decoder together.
  [[nodiscard]] const model::Architecture& architecture() const { return architecture_; }

 private:
  model::Tmm<float> network_;
  model::Architecture architecture_;
};

/// Of a checked configuration whose vocabulary is known.
model::Architecture architecture_of(const TrainingConfig& config,
                                    const std::optional<RetentionEncoder>& encoder);

}  // namespace tmm::io
