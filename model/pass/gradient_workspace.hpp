// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/pass/recorded_pass.hpp"

namespace tmm::model {

/// What one thread needs to take a few sequences through a network and back: all activations between.
template <NetworkScalar T>
class GradientWorkspace {
 public:
  /// For up to `rows` tokens at a time, all sequences together. Keeps a reference to the layers.
  GradientWorkspace(const GradientLayers<T>& layers, std::size_t rows);

  /// Runs sequences of ids.size()/sequences tokens each, and returns the sum of cross entropies over labels
  /// that are not ignored_label; `gradient` grows by the derivative of scale times that sum.
  double run(std::span<const std::int32_t> ids, std::span<const std::int32_t> labels, std::size_t sequences,
             double scale, Tmm<T>& gradient);

 private:
  [[nodiscard]] MatrixView<T> view(AlignedVector<T>& values, std::size_t rows) const;
  MatrixView<T> forward(std::span<const std::int32_t> ids, std::size_t sequences);
  double pass_final_norm(MatrixView<T> x, std::span<const std::int32_t> labels, double scale,
                         MatrixView<T> x_gradient, Tmm<T>& gradient);
  double pass_output(MatrixView<const T> x, std::span<const std::int32_t> labels, double scale,
                     MatrixView<T> x_gradient, Tmm<T>& gradient);

  const GradientLayers<T>* layers_;
  std::size_t dimension_, logit_rows_, first_step_back_;
  RecordedPass<T> pass_;
  AlignedVector<T> normalized_output_, normalized_gradient_;  // of the final norm (rows, d)
  AlignedVector<T> gradient_, logits_;
};

extern template class GradientWorkspace<float>;
extern template class GradientWorkspace<double>;

}  // namespace tmm::model
