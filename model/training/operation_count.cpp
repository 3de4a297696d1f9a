// SPDX-License-Identifier: MIT
#include "model/training/operation_count.hpp"

#include <algorithm>
#include <cmath>

#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/toeplitz_gradient.hpp"
#include "model/toeplitz/toeplitz_product.hpp"

namespace tmm::model {
namespace {

// TokenMixingLayer gives products at most so many channels at a time, by which they choose their method.
constexpr std::size_t channels_of_product = 64;

/// A product whose way back costs it twice again: to its input, and to its weights.
OperationCount product(double operations) {
  return {operations, 2 * operations};
}

OperationCount matrix(std::size_t rows, std::size_t a, std::size_t b) {
  return product(2.0 * static_cast<double>(rows) * static_cast<double>(a) * static_cast<double>(b));
}

OperationCount causal(std::size_t m, std::size_t channels) {
  const auto length = static_cast<double>(m);
  return product(static_cast<double>(channels) * length * (length + 1));
}

OperationCount& operator+=(OperationCount& sum, const OperationCount& more) {
  sum.forward += more.forward;
  sum.backward += more.backward;
  return sum;
}

OperationCount operator*(std::size_t times, const OperationCount& count) {
  return {static_cast<double>(times) * count.forward, static_cast<double>(times) * count.backward};
}

/// Which products of a layer run by FFT, and what a transform costs.
struct Toeplitz {
  bool forward_by_fft, backward_by_fft;
  double transform, spectrum;

  Toeplitz(std::size_t m, std::size_t width)
      : forward_by_fft(ToeplitzProduct<float>::choose(m, std::min(width, channels_of_product)) ==
                       ToeplitzMethod::fft),
        backward_by_fft(ToeplitzGradient<float>::choose(m, width) == ToeplitzMethod::fft) {
    const auto length = static_cast<double>(fast_fft_length(2 * m - 1));
    transform = 2.5 * length * std::log2(length);
    spectrum = std::floor(length / 2) + 1;
  }

  [[nodiscard]] OperationCount product(std::size_t m, std::size_t channels) const {
    OperationCount count = causal(m, channels);
    const auto c = static_cast<double>(channels);
    if (forward_by_fft) count.forward = c * (2 * transform + 6 * spectrum);
    if (backward_by_fft) count.backward = c * (3 * transform + 14 * spectrum);
    return count;
  }
  /// Of the taps of one operator, at every step.
  [[nodiscard]] double taps() const {
    return (forward_by_fft ? transform : 0) + (backward_by_fft ? 2 * transform : 0);
  }
};

bool has_heads(const Architecture& a) {
  return a.mixing == TokenMixing::heads || a.mixing == TokenMixing::heads_expanded ||
         a.mixing == TokenMixing::parallel_heads;
}

std::size_t stages(const Architecture& a) {
  return a.mixing == TokenMixing::expanded || a.mixing == TokenMixing::heads_expanded ? 2 : 1;
}

std::size_t width_of_head(const Architecture& a) {
  return a.embedding / (has_heads(a) ? a.heads : 1);
}

/// Row i of a kernel of k rows writes all channels but the lowest k − 1 − i.
OperationCount toeplitz_mixing(const Architecture& a, std::size_t m) {
  const Toeplitz toeplitz(m, width_of_head(a));
  OperationCount count;
  for (std::size_t back = 0; back < std::min(a.kernel_rows, a.embedding); ++back)
    count += stages(a) * toeplitz.product(m, a.embedding - back);
  if (has_heads(a) && a.form.projections) count += 2 * matrix(m, a.embedding, a.embedding);
  return count;
}

/// Queries, keys, values and output pass a matrix each. Scores and their product with the values are causal;
/// on the way back scores are computed again, and both products pass to either side.
OperationCount attention(std::size_t m, std::size_t d) {
  OperationCount count = 4 * matrix(m, d, d);
  const double product = causal(m, d).forward;
  return count += {2 * product, 5 * product};
}

/// M averages of every channel, αy + (1 − α)u at each step, before a matrix. On the way back to the input,
/// the only one that is known, as much again.
OperationCount averages(std::size_t m, std::size_t d, std::size_t count) {
  const double forward =
      matrix(m, d, d * count).forward + 3 * static_cast<double>(m) * static_cast<double>(d * count);
  return {forward, forward};
}

OperationCount time_mixing(const Architecture& a, std::size_t m) {
  const std::size_t d = a.embedding;
  switch (a.mixing) {
    case TokenMixing::attention:
      return attention(m, d);
    case TokenMixing::averages:
      return averages(m, d, a.form.averages);
    case TokenMixing::dense:
      return causal(m, d);
    default:
      return toeplitz_mixing(a, m);
  }
}

/// A block of a decoder that is not as the encoder's.
OperationCount decoder_block(const Architecture& a, std::size_t m) {
  const std::size_t d = a.embedding;
  OperationCount count = 2 * matrix(m, d, a.form.decoder_hidden);
  if (a.form.decoder_heads != 0) count += 2 * matrix(m, d, d);
  return count += a.form.decoder == DecoderMixing::dense ? causal(m, d) : Toeplitz(m, d).product(m, d);
}

OperationCount block(const Architecture& a, const BlockList& part, std::size_t m) {
  if (has_own_blocks(a, part.prefix)) return decoder_block(a, m);
  OperationCount count = time_mixing(a, m);
  return count += 2 * matrix(m, a.embedding, a.hidden);
}

/// Transforms of the taps of products by FFT, at every step. Averages are no such products.
double transforms(const Architecture& a, std::size_t length) {
  std::size_t decoder = 0;  // operators of a decoder that is not as the encoder
  for (const BlockList& part : a.parts)
    if (has_own_blocks(a, part.prefix) && a.form.decoder != DecoderMixing::dense) decoder += part.blocks;
  double sum = 0;
  if (decoder != 0) sum += static_cast<double>(decoder) * Toeplitz(length, a.embedding).taps();
  if (a.operators != decoder && a.mixing != TokenMixing::averages)
    sum += static_cast<double>(a.operators - decoder) * Toeplitz(length, width_of_head(a)).taps();
  return sum;
}

}  // namespace

OperationCount operation_count(const Architecture& a, std::size_t length) {
  OperationCount count = matrix(length, a.vocabulary, a.embedding);
  for (const BlockList& part : a.parts) count += part.blocks * block(a, part, length);
  if (a.network != Network::autoencoder) return count;
  if (a.form.unroll && a.form.projection)
    count += matrix(std::min(length, a.embedding), a.embedding, a.embedding / 2);
  return count += 2 * matrix(1, a.bottleneck, a.embedding);
}

double training_step_operations(const Architecture& a, std::size_t sequences, std::size_t length,
                                bool frozen_encoder) {
  OperationCount one = operation_count(a, length);
  for (const BlockList& part : a.parts)
    if (frozen_encoder && part.prefix == "encoderblocks")
      one.backward -= static_cast<double>(part.blocks) * block(a, part, length).backward;
  return static_cast<double>(sequences) * one.both() + transforms(a, length);
}

}  // namespace tmm::model
