// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// What a layer applies over time.
enum class OperatorKind {
  toeplitz,      ///< (T x)_t = Σ_{s≤t} w_{t−s} x_s, given by `taps`
  dense_causal,  ///< y_t = Σ_{s≤t} W_{t,s} x_s, given by `matrix`: it has no taps and no symbol
};

/// One causal operator of a checkpoint: the object that every analysis starts from.
/// taps[k] = w_k multiplies the input k steps ago, (T x)_t = Σ_{s≤t} w_{t−s} x_s; exact copies of what the
/// file stores, unless `derivation` says how they were computed from it. The layer's bias does not enter the
/// operator.
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
  OperatorKind kind = OperatorKind::toeplitz;
  std::vector<double> matrix{};  ///< W (n, n) by rows, 0 above the diagonal; dense_causal only
  std::string derivation{};      ///< how taps follow from stored numbers ("softplus"); empty: stored as such
  double tap_error_l1 = 0;       ///< bound of Σ_k |taps[k] − w_k|, w_k the real numbers that are meant
  std::vector<double> row_divisor{};  ///< c_t where the layer applies diag(1/c)·T; empty without
};

/// I + T: 1 + w_0 as the unevaluated sum of two doubles, exactly (Knuth's two-sum).
inline void add_identity(LayerOperator& layer) {
  const double w = layer.taps[0], sum = w + 1, part = sum - w;
  layer.taps[0] = sum;
  layer.rest = (w - (sum - part)) + (1 - part);
}

}  // namespace tmm::model
