// SPDX-License-Identifier: MIT
#include "model/network/exponential_averages.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/base/matrix_product.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {

template <NetworkScalar T>
std::vector<Average> averages_of(const ExponentialAverages<T>& averages) {
  std::vector<Average> all;
  for (std::size_t j = 0; j < averages.count; ++j) {
    const auto logit = static_cast<double>(averages.weight[j]);
    all.push_back(
        {1 / (1 + std::exp(-logit)), 1 / (1 + std::exp(logit)), static_cast<double>(averages.bias[j])});
  }
  return all;
}

template <NetworkScalar T>
void advance_averages(std::span<const Average> averages, std::span<const T> u, std::span<double> state) {
  for (std::size_t e = 0; e < u.size(); ++e)
    for (std::size_t j = 0; j < averages.size(); ++j) {
      double& s = state[e * averages.size() + j];
      s = averages[j].alpha * s + averages[j].rest * static_cast<double>(u[e]) + averages[j].bias;
    }
}

template <NetworkScalar T>
void mix_averages(const Block<T>& block, MatrixView<T> x, AveragesBuffers<T>& buffers) {
  mix_averages(block, x, x, buffers);
}

template <NetworkScalar T>
void mix_averages(const Block<T>& block, MatrixView<T> x, MatrixView<T> result, AveragesBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t m = x.rows, d = x.cols, count = mixer.averages.count;
  const MatrixView<T> normalized(buffers.normalized.data(), m, d), y(buffers.averages.data(), m, d * count);
  normalize(block.token_norm,
            LayerNormArguments<T>{
                .x = x, .y = normalized, .column_shift = mixer.out.bias.data(), .shifted = result});
  const std::vector<Average> averages = averages_of(mixer.averages);
  std::vector<double>& state = buffers.state;
  std::ranges::fill(state, 0.0);
  for (std::size_t t = 0; t < m; ++t) {
    advance_averages<T>(averages, {normalized.row(t), d}, state);
    std::ranges::transform(state, y.row(t), [](double s) { return static_cast<T>(s); });
  }
  multiply_transposed(y, mixer.out.matrix(), T{1}, result);  // (m, d·M) by (d, d·M)
}

template <NetworkScalar T>
void averages_tangent(const Block<T>& block, MatrixView<const T> x, MatrixView<T> tangent,
                      AveragesBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t m = x.rows, d = x.cols;
  const MatrixView<T> u(buffers.normalized.data(), m, d),
      y(buffers.averages.data(), m, d * mixer.averages.count);
  normalize_tangent<T>(block.token_norm, x, tangent, u);
  std::vector<Average> averages = averages_of(mixer.averages);
  for (Average& average : averages) average.bias = 0;
  std::ranges::fill(buffers.state, 0.0);
  for (std::size_t t = 0; t < m; ++t) {
    advance_averages<T>(averages, {u.row(t), d}, buffers.state);
    std::ranges::transform(buffers.state, y.row(t), [](double s) { return static_cast<T>(s); });
  }
  multiply_transposed(y, mixer.out.matrix(), T{1}, tangent);  // (m, d·M) by (d, d·M)
}

template <NetworkScalar T>
void averages_gradient(const Block<T>& block, MatrixView<const T> x, MatrixView<T> gradient,
                       Block<T>& parameters, AveragesBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t m = x.rows, d = x.cols, count = mixer.averages.count;
  const MatrixView<T> gu(buffers.normalized.data(), m, d), gy(buffers.averages.data(), m, d * count);
  multiply(gradient, mixer.out.matrix(), T{0}, gy);  // (m, d) by (d, d·M)
  const std::vector<Average> averages = averages_of(mixer.averages);
  std::ranges::fill(buffers.state, 0.0);
  for (std::size_t t = m; t-- > 0;)
    for (std::size_t e = 0; e < d; ++e) {
      double sum = 0;
      for (std::size_t j = 0; j < count; ++j) {
        double& s = buffers.state[e * count + j];
        s = averages[j].alpha * s + static_cast<double>(gy.row(t)[e * count + j]);
        sum += averages[j].rest * s;
      }
      gu.row(t)[e] = static_cast<T>(sum);
    }
  normalize_gradient<T>(block.token_norm, x, gu, gradient, parameters.token_norm);
}

template std::vector<Average> averages_of(const ExponentialAverages<float>&);
template std::vector<Average> averages_of(const ExponentialAverages<double>&);
template void advance_averages(std::span<const Average>, std::span<const float>, std::span<double>);
template void advance_averages(std::span<const Average>, std::span<const double>, std::span<double>);
template void mix_averages(const Block<float>&, MatrixView<float>, AveragesBuffers<float>&);
template void mix_averages(const Block<float>&, MatrixView<float>, MatrixView<float>,
                           AveragesBuffers<float>&);
template void averages_tangent(const Block<float>&, MatrixView<const float>, MatrixView<float>,
                               AveragesBuffers<float>&);
template void averages_gradient(const Block<float>&, MatrixView<const float>, MatrixView<float>,
                                Block<float>&, AveragesBuffers<float>&);
template void mix_averages(const Block<double>&, MatrixView<double>, AveragesBuffers<double>&);
template void mix_averages(const Block<double>&, MatrixView<double>, MatrixView<double>,
                           AveragesBuffers<double>&);
template void averages_tangent(const Block<double>&, MatrixView<const double>, MatrixView<double>,
                               AveragesBuffers<double>&);
template void averages_gradient(const Block<double>&, MatrixView<const double>, MatrixView<double>,
                                Block<double>&, AveragesBuffers<double>&);

}  // namespace tmm::model
