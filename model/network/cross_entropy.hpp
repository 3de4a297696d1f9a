// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// Label of a position that no loss is taken at.
inline constexpr std::int32_t ignored_label = -100;

/// Outcome at one position.
struct TokenLoss {
  double loss = 0;       ///< −ln softmax(logits)[label], in nats; 0 at an ignored position
  bool counted = false;  ///< the label is not ignored_label
  bool correct = false;  ///< the label's logit is the largest (the first of equals)
};

/// Cross entropy of each row of `logits` (rows, v) against labels[row], each in [0, v) or ignored_label:
/// ln Σ_j e^{x_j − max x} + max x − x_label. A NaN logit makes the loss NaN.
void cross_entropy(MatrixView<const float> logits, const std::int32_t* labels, TokenLoss* out);
void cross_entropy(MatrixView<const double> logits, const std::int32_t* labels, TokenLoss* out);

/// Overwrites each row of `logits` by scale·(softmax(logits) − e_label), the gradient of scale·loss, or by 0
/// where the label is ignored_label. Returns the sum of the losses, not scaled.
double cross_entropy_gradient(MatrixView<float> logits, const std::int32_t* labels, double scale);
double cross_entropy_gradient(MatrixView<double> logits, const std::int32_t* labels, double scale);

}  // namespace tmm::model
