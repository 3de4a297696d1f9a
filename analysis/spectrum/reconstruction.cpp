// SPDX-License-Identifier: MIT
#include "analysis/spectrum/reconstruction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"
#include "model/toeplitz/dense_toeplitz.hpp"

namespace tmm::analysis {
namespace {

using model::MatrixView;

constexpr double lost_above = 0.01;

double square_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return sum / static_cast<double>(values.size());
}

/// T⁻¹ T u in arithmetic of type T, (m, channels).
template <class T>
std::vector<T> there_and_back(const std::vector<double>& taps, MatrixView<const float> u) {
  model::DenseToeplitz<T> toeplitz(u.rows);
  toeplitz.set_taps(std::vector<T>(taps.begin(), taps.begin() + static_cast<std::ptrdiff_t>(u.rows)));
  std::vector<T> input(u.rows * u.cols), output(u.rows * u.cols);
  for (std::size_t t = 0; t < u.rows; ++t)
    for (std::size_t c = 0; c < u.cols; ++c) input[t * u.cols + c] = static_cast<T>(u.row(t)[c]);
  const MatrixView<T> y(output.data(), u.rows, u.cols);
  toeplitz.apply_add(MatrixView<const T>(input.data(), u.rows, u.cols), y);
  toeplitz.solve_in_place(y);
  return output;
}

template <class T>
ReconstructionError measure(const std::vector<double>& taps, MatrixView<const float> u) {
  const std::vector<T> back = there_and_back<T>(taps, u);
  double size = 0;
  std::vector<double> errors;
  for (std::size_t t = 0; t < u.rows; ++t) {
    double square = 0;
    for (std::size_t c = 0; c < u.cols; ++c) {
      const double wanted = static_cast<double>(u.row(t)[c]);
      const double gap = static_cast<double>(back[t * u.cols + c]) - wanted;
      square += gap * gap;
      size += wanted * wanted;
    }
    errors.push_back(std::sqrt(square));
  }
  ReconstructionError result;
  const double rms = std::sqrt(size / static_cast<double>(u.rows));
  for (std::size_t t = 0; t < errors.size(); ++t) {
    // Overflow on the way leaves ∞ − ∞ behind. Input 0 comes back as 0 unless T is singular.
    double e = std::isfinite(errors[t]) ? errors[t] : std::numeric_limits<double>::infinity();
    if (rms > 0) e /= rms;
    if (!result.first_lost && !(e <= lost_above)) result.first_lost = t;
    result.by_position.push_back(e);
  }
  result.overall = std::sqrt(square_mean(result.by_position));
  return result;
}

/// Keeps what the Toeplitz operators of a network have read.
class InputKeeper : public model::ForwardObserver<float> {
 public:
  explicit InputKeeper(const model::Tmm<float>& network, std::size_t sequences, std::size_t length)
      : dimension_(network.architecture.embedding),
        row_(sequences * dimension_),
        kept_(2 * network.blocks.size()) {
    for (auto& u : kept_) u.resize(length * row_);
  }

  void stage_input(std::size_t block, std::size_t stage, std::size_t sequence,
                   MatrixView<const float> u) override {
    float* to = kept_[2 * block + stage].data() + sequence * dimension_;  // no two calls share an address
    for (std::size_t t = 0; t < u.rows; ++t) std::copy_n(u.row(t), dimension_, to + t * row_);
  }

  /// Channels first … first + count − 1 of all sequences side by side: (m, sequences·count).
  [[nodiscard]] std::vector<float> channels(std::size_t block, std::size_t stage, std::size_t first,
                                            std::size_t count) const {
    const auto& all = kept_[2 * block + stage];
    std::vector<float> u;
    for (std::size_t at = first; at < all.size(); at += dimension_)
      u.insert(u.end(), all.begin() + static_cast<std::ptrdiff_t>(at),
               all.begin() + static_cast<std::ptrdiff_t>(at + count));
    return u;
  }

 private:
  std::size_t dimension_, row_;
  std::vector<std::vector<float>> kept_;  // 2·block + stage: (m, sequences·d)
};

std::size_t block_of(const model::Tmm<float>& network, const model::LayerOperator& layer) {
  const std::string name = layer.part + "." + std::to_string(layer.block);
  for (std::size_t i = 0; i < network.blocks.size(); ++i)
    if (network.blocks[i].name == name) return i;
  throw ArgumentError("the network has no such block", {"", layer.name, "", "", ""});
}

}  // namespace

std::vector<Reconstruction> reconstruct_all(const model::Tmm<float>& network,
                                            std::span<const model::LayerOperator> layers,
                                            const model::TokenBatch& batch, std::size_t threads) {
  const std::size_t m = batch.length(), d = network.architecture.embedding;
  InputKeeper keeper(network, batch.sequences, m);
  std::vector<model::TokenLoss> losses(batch.ids.size());
  model::Evaluator<float>(network, m, threads).run(batch, losses, &keeper);
  std::vector<Reconstruction> results;
  for (const model::LayerOperator& layer : layers) {
    const std::size_t block = block_of(network, layer);
    const auto stage = static_cast<std::size_t>(layer.stage.value_or(0));
    // Heads divide the channels among them; of several averages each reads all.
    const std::size_t heads = std::max<std::size_t>(network.blocks[block].token_mixer.first.heads, 1);
    const std::size_t width = d / heads;
    const std::size_t first = heads > 1 ? width * static_cast<std::size_t>(layer.head.value_or(0)) : 0;
    const auto u = keeper.channels(block, stage, first, width);
    results.push_back(reconstruct(layer, MatrixView<const float>(u.data(), m, u.size() / m)));
  }
  return results;
}

Reconstruction reconstruct(const model::LayerOperator& layer, MatrixView<const float> u) {
  return {layer.name, measure<float>(layer.taps, u), measure<double>(layer.taps, u)};
}

}  // namespace tmm::analysis
