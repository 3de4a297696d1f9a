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
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t m = x.rows, d = x.cols, count = mixer.averages.count;
  const MatrixView<T> normalized(buffers.normalized.data(), m, d), y(buffers.averages.data(), m, d * count);
  normalize(block.token_norm,
            LayerNormArguments<T>{.x = x, .y = normalized, .column_shift = mixer.out.bias.data()});
  const std::vector<Average> averages = averages_of(mixer.averages);
  std::vector<double>& state = buffers.state;
  std::ranges::fill(state, 0.0);
  for (std::size_t t = 0; t < m; ++t) {
    advance_averages<T>(averages, {normalized.row(t), d}, state);
    std::ranges::transform(state, y.row(t), [](double s) { return static_cast<T>(s); });
  }
  multiply_transposed(y, mixer.out.matrix(), T{1}, x);  // (m, d·M) by (d, d·M)
}

template std::vector<Average> averages_of(const ExponentialAverages<float>&);
template std::vector<Average> averages_of(const ExponentialAverages<double>&);
template void advance_averages(std::span<const Average>, std::span<const float>, std::span<double>);
template void advance_averages(std::span<const Average>, std::span<const double>, std::span<double>);
template void mix_averages(const Block<float>&, MatrixView<float>, AveragesBuffers<float>&);
template void mix_averages(const Block<double>&, MatrixView<double>, AveragesBuffers<double>&);

}  // namespace tmm::model
