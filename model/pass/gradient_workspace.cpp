// SPDX-License-Identifier: MIT
#include "model/pass/gradient_workspace.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

// Logits are formed for so many rows that they are about this many numbers, and stay in the cache.
constexpr std::size_t logits_at_a_time = std::size_t{1} << 20;
constexpr std::size_t most_logit_rows = 256;
constexpr std::size_t least_logit_rows = 32;

}  // namespace

template <NetworkScalar T>
GradientWorkspace<T>::GradientWorkspace(const GradientLayers<T>& layers, std::size_t rows)
    : layers_(&layers),
      dimension_(layers.network->architecture.embedding),
      logit_rows_(std::clamp(logits_at_a_time / layers.network->architecture.vocabulary, least_logit_rows,
                             most_logit_rows)),
      first_step_back_(layers.decoder_alone ? 2 * layers.network->encoder_blocks : 0),
      pass_(layers, rows) {
  const std::size_t size = rows * dimension_;
  gradient_.resize(size);
  logits_.resize(logit_rows_ * layers.network->architecture.vocabulary);
  if (!layers.network->final_norm.weight.empty()) {
    normalized_output_.resize(size);
    normalized_gradient_.resize(size);
  }
}

template <NetworkScalar T>
MatrixView<T> GradientWorkspace<T>::view(AlignedVector<T>& values, std::size_t rows) const {
  return {values.data(), rows, dimension_};
}

template <NetworkScalar T>
double GradientWorkspace<T>::run(std::span<const std::int32_t> ids, std::span<const std::int32_t> labels,
                                 std::size_t sequences, double scale, Tmm<T>& gradient) {
  const MatrixView<T> x = forward(ids, sequences), x_gradient = view(gradient_, ids.size());
  const double loss = pass_final_norm(x, labels, scale, x_gradient, gradient);
  pass_.backward(first_step_back_, layers_->steps.size(), sequences, x_gradient, gradient);
  if (layers_->decoder_alone) return loss;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    T* row = gradient.embedding.data() + static_cast<std::size_t>(ids[i]) * dimension_;
    const T* more = x_gradient.row(i);
    for (std::size_t j = 0; j < dimension_; ++j) row[j] += more[j];
  }
  return loss;
}

template <NetworkScalar T>
MatrixView<T> GradientWorkspace<T>::forward(std::span<const std::int32_t> ids, std::size_t sequences) {
  const MatrixView<T> x = pass_.input(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::copy_n(layers_->network->embedding.data() + static_cast<std::size_t>(ids[i]) * dimension_,
                dimension_, x.row(i));
  return pass_.forward(ids.size(), sequences);
}

// The output matrix reads norm(x) where there is a final norm.
template <NetworkScalar T>
double GradientWorkspace<T>::pass_final_norm(MatrixView<T> x, std::span<const std::int32_t> labels,
                                             double scale, MatrixView<T> x_gradient, Tmm<T>& gradient) {
  const Norm<T>& norm = layers_->network->final_norm;
  if (norm.weight.empty()) return pass_output(x, labels, scale, x_gradient, gradient);
  const MatrixView<T> normalized = view(normalized_output_, x.rows),
                      normalized_gradient = view(normalized_gradient_, x.rows);
  normalize(norm, LayerNormArguments<T>{.x = x, .y = normalized});
  const double loss = pass_output(normalized, labels, scale, normalized_gradient, gradient);
  std::fill_n(x_gradient.data, x_gradient.rows * x_gradient.cols, T{0});
  normalize_gradient<T>(norm, x, normalized_gradient, x_gradient, gradient.final_norm);
  return loss;
}

// logits = x·Uᵀ (rows, v), a few rows at a time.
template <NetworkScalar T>
double GradientWorkspace<T>::pass_output(MatrixView<const T> x, std::span<const std::int32_t> labels,
                                         double scale, MatrixView<T> x_gradient, Tmm<T>& gradient) {
  const MatrixView<const T> matrix = layers_->network->output_matrix();
  const MatrixView<T> sums = gradient.output_matrix();
  double loss = 0;
  for (std::size_t first = 0; first < x.rows; first += logit_rows_) {
    const std::size_t count = std::min(logit_rows_, x.rows - first);
    const auto here = labels.subspan(first, count);
    const MatrixView<T> tile_gradient = x_gradient.middle_rows(first, count);
    if (std::all_of(here.begin(), here.end(), [](std::int32_t label) { return label == ignored_label; })) {
      std::fill_n(tile_gradient.data, count * dimension_, T{0});
      continue;
    }
    const MatrixView<T> logits(logits_.data(), count, matrix.rows);
    multiply_transposed(x.middle_rows(first, count), matrix, T{0}, logits);
    loss += cross_entropy_gradient(logits, here.data(), scale);
    multiply(logits, matrix, T{0}, tile_gradient);                         // (count, d)
    transposed_multiply(logits, x.middle_rows(first, count), T{1}, sums);  // (v, d)
  }
  return loss;
}

template class GradientWorkspace<float>;
template class GradientWorkspace<double>;

}  // namespace tmm::model
