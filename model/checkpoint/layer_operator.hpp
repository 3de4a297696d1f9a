// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/base/error.hpp"
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
  /// Bound of Σ_k |taps[k] − w_k|, w_k the real numbers that are meant; of ‖matrix − W‖₂ where that is dense.
  double tap_error_l1 = 0;
  std::vector<double> row_divisor{};  ///< c_t where the layer applies diag(1/c)·T; empty without
  /// Derived taps as the network computes them, in its own number type; empty where that is not known.
  std::vector<double> network_taps{};
};

/// n, the number of rows of the operator.
inline std::size_t order(const LayerOperator& layer) {
  if (layer.kind == OperatorKind::toeplitz) return layer.taps.size();
  std::size_t n = 0;
  while (n * n < layer.matrix.size()) ++n;
  return n;
}

/// The leading section of m ≤ n rows and columns: the layer on sequences of length m.
inline LayerOperator leading_section(const LayerOperator& layer, std::size_t m) {
  LayerOperator section = layer;
  const std::size_t n = order(layer);
  for (auto* sequence : {&section.taps, &section.row_divisor, &section.network_taps})
    if (!sequence->empty()) sequence->resize(m);
  if (layer.kind == OperatorKind::toeplitz) return section;
  section.matrix.clear();
  for (std::size_t t = 0; t < m; ++t)
    for (std::size_t s = 0; s < m; ++s) section.matrix.push_back(layer.matrix[t * n + s]);
  return section;
}

/// I + T: 1 + w_0 as the unevaluated sum of two doubles, exactly (Knuth's two-sum); of a dense causal matrix
/// I + W, each 1 + W_tt rounded. Throws ArgumentError where rows are divided: I + diag(1/c)·T is not I + T.
inline void add_identity(LayerOperator& layer) {
  if (!layer.row_divisor.empty())
    throw ArgumentError("the residual view of a layer that divides its rows is not Toeplitz",
                        {"", layer.name, "T", "diag(1/c) T", "Analyse it without the residual view"});
  if (layer.kind == OperatorKind::dense_causal) {
    const std::size_t n = order(layer);
    for (std::size_t t = 0; t < n; ++t) {
      double& w = layer.matrix[t * (n + 1)];
      const double sum = w + 1, part = sum - w;
      layer.tap_error_l1 = std::fmax(layer.tap_error_l1, std::fabs((w - (sum - part)) + (1 - part)));
      w = sum;
    }
    return;
  }
  layer.network_taps.clear();
  const double w = layer.taps[0], sum = w + 1, part = sum - w;
  layer.taps[0] = sum;
  layer.rest = (w - (sum - part)) + (1 - part);
}

}  // namespace tmm::model
