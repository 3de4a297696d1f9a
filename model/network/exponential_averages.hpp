// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// One of M averages, y_t = α y_{t−1} + (1 − α)u_t + b.
struct Average {
  double alpha, rest, bias;  ///< rest = 1 − α, with all its digits
};

template <NetworkScalar T>
std::vector<Average> averages_of(const ExponentialAverages<T>& averages);

/// The state (d·M), column e·M + j for channel e and average j, one step further by the input u (d).
template <NetworkScalar T>
void advance_averages(std::span<const Average> averages, std::span<const T> u, std::span<double> state);

/// What mixing by exponential averages computes on its way, for one sequence.
template <NetworkScalar T>
struct AveragesBuffers {
  AlignedVector<T> normalized;  ///< u = norm(x) (m, d)
  AlignedVector<T> averages;    ///< y (m, d·M), column e·M + j: channel e, average j
  std::vector<double> state;    ///< y_t (d·M)

  AveragesBuffers() = default;
  /// For sequences of up to `rows` steps.
  AveragesBuffers(std::size_t rows, const Block<T>& block)
      : normalized(rows * block.token_norm.weight.size()),
        averages(rows * block.token_mixer.out.in),
        state(block.token_mixer.out.in) {}
};

/// x ← x + P·y + p for one sequence x (m, d), where y is, for every channel e and average j, with α = α_j,
///   y_t = Σ_{k≤t} (1 − α)α^k u_{t−k} + b_j(1 − α^{t+1})/(1 − α),
/// which is the recurrence y_t = α y_{t−1} + (1 − α)u_t + b_j from y_{−1} = 0; it is summed in double.
template <NetworkScalar T>
void mix_averages(const Block<T>& block, MatrixView<T> x, AveragesBuffers<T>& buffers);
/// The same with the result in y; x is only read unless it is y too.
template <NetworkScalar T>
void mix_averages(const Block<T>& block, MatrixView<T> x, MatrixView<T> y, AveragesBuffers<T>& buffers);

/// Forward mode, for one sequence x (m, d): `tangent` (m, d) holds ẋ and becomes ẋ + P·ẏ with
///   ẏ_t = α ẏ_{t−1} + (1 − α)u̇_t,  u̇ the derivative of norm(x) along ẋ.
template <NetworkScalar T>
void averages_tangent(const Block<T>& block, MatrixView<const T> x, MatrixView<T> tangent,
                      AveragesBuffers<T>& buffers);

/// The way back to the input alone: `gradient` (m, d) holds that of the result and becomes that of x, with
///   gy = g·P (m, d·M),  s_t = α s_{t+1} + gy_t from s_m = 0,  gu_t = Σ_j (1 − α_j) s_t (over the averages of
///   a channel).
/// Of the block's parameters only the norm's get a gradient, which is added to `parameters`.
template <NetworkScalar T>
void averages_gradient(const Block<T>& block, MatrixView<const T> x, MatrixView<T> gradient,
                       Block<T>& parameters, AveragesBuffers<T>& buffers);

extern template std::vector<Average> averages_of(const ExponentialAverages<float>&);
extern template std::vector<Average> averages_of(const ExponentialAverages<double>&);
extern template void advance_averages(std::span<const Average>, std::span<const float>, std::span<double>);
extern template void advance_averages(std::span<const Average>, std::span<const double>, std::span<double>);
extern template void mix_averages(const Block<float>&, MatrixView<float>, AveragesBuffers<float>&);
extern template void mix_averages(const Block<float>&, MatrixView<float>, MatrixView<float>,
                                  AveragesBuffers<float>&);
extern template void averages_tangent(const Block<float>&, MatrixView<const float>, MatrixView<float>,
                                      AveragesBuffers<float>&);
extern template void averages_gradient(const Block<float>&, MatrixView<const float>, MatrixView<float>,
                                       Block<float>&, AveragesBuffers<float>&);
extern template void mix_averages(const Block<double>&, MatrixView<double>, AveragesBuffers<double>&);
extern template void mix_averages(const Block<double>&, MatrixView<double>, MatrixView<double>,
                                  AveragesBuffers<double>&);
extern template void averages_tangent(const Block<double>&, MatrixView<const double>, MatrixView<double>,
                                      AveragesBuffers<double>&);
extern template void averages_gradient(const Block<double>&, MatrixView<const double>, MatrixView<double>,
                                       Block<double>&, AveragesBuffers<double>&);

}  // namespace tmm::model
