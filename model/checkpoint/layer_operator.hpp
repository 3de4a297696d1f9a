// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// One causal Toeplitz operator of a checkpoint: the object that every analysis starts from.
/// taps[k] = w_k multiplies the input k steps ago, (T x)_t = Σ_{s≤t} w_{t−s} x_s; exact copies of what the
/// file stores. The layer's bias does not enter the operator.
struct LayerOperator {
  std::string name;  ///< tensor name; kernel rows add "[row]"
  std::string part;  ///< name prefix of the block list: "mixer_blocks", "encoderblocks", "decoderblocks"
  int block = 0;     ///< index within its part
  std::optional<int> head;       ///< index of the head, where the layer has heads
  std::optional<int> row;        ///< kernel row i of w^{(i)}, where the layer has more than one
  std::optional<int> stage;      ///< 0 for T1 and 1 for T2 of an expanded layer T2∘SiLU∘T1
  DType dtype = DType::float32;  ///< storage type of the weights
  std::vector<double> taps;      ///< w_0 … w_{n−1}
  double rest = 0;  ///< what taps[0] lacks: the exact w_0 is taps[0] + rest (for I + T, otherwise 0)
};

/// I + T: 1 + w_0 as the unevaluated sum of two doubles, exactly (Knuth's two-sum).
inline void add_identity(LayerOperator& layer) {
  const double w = layer.taps[0], sum = w + 1, part = sum - w;
  layer.taps[0] = sum;
  layer.rest = (w - (sum - part)) + (1 - part);
}

}  // namespace tmm::model
