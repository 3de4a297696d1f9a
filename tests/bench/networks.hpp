// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "model/base/blas_threads.hpp"
#include "model/base/matrix_product.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/network/objective.hpp"
#include "model/network/parameters.hpp"
#include "model/network/rotary.hpp"
#include "model/network/token_batch.hpp"
#include "timing.hpp"

namespace tmm::bench {

struct Size {
  std::size_t v, d, n, blocks, batch;
};

/// A language model with normal parameters, the same ones in every precision.
template <class T>
model::Tmm<T> random_network(const Size& size, model::TokenMixing mixing = model::TokenMixing::flat,
                             std::size_t heads = 1) {
  model::Architecture a;
  const bool attention = mixing == model::TokenMixing::attention;
  a.family = attention ? model::attention_family().name() : model::tmm_family().name();
  a.mixing = mixing;
  a.parts = {{"mixer_blocks", size.blocks}};
  a.context = size.n;
  a.embedding = size.d;
  a.vocabulary = size.v;
  a.hidden = 4 * size.d;
  a.heads = heads;
  auto network = model::zero_network<T>(a);
  std::mt19937 engine(1);
  model::for_each_parameter(network, [&](const std::string&, const auto& shape, std::span<T> values) {
    std::normal_distribution<float> normal(0, std::sqrt(2.0F / static_cast<float>(shape.back())));
    for (T& x : values) x = normal(engine);
    if (shape.size() == 3 && shape[2] == 1)  // a dense causal matrix (n, n, 1)
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = i % shape[0] > i / shape[0]
                        ? T{0}
                        : values[i] / static_cast<T>(std::sqrt(static_cast<double>(i / shape[0] + 1)));
  });
  if (attention)
    for (auto& block : network.blocks) {
      const auto theta = model::rotary_frequencies(size.d / heads);
      block.token_mixer.attention.frequencies.assign(theta.begin(), theta.end());
    }
  return network;
}

inline model::TokenBatch random_batch(const Size& size) {
  std::mt19937 engine(2);
  model::TokenBatch batch;
  batch.sequences = size.batch;
  for (std::size_t i = 0; i < size.batch * size.n; ++i)
    batch.ids.push_back(static_cast<std::int32_t>(engine() % size.v));
  batch.labels = model::make_labels(batch.ids, size.n, model::Objective::clm);
  return batch;
}

/// One large matrix product on each of `threads` threads at once: seconds, and operations.
class SgemmPeak {
 public:
  explicit SgemmPeak(std::size_t threads) : data_(threads, std::vector<float>(3 * k * k, 1.0F)) {}

  [[nodiscard]] double operations() const { return 2.0 * static_cast<double>(data_.size() * k * k * k); }
  void run() {
    const model::OneBlasThread one;
    model::parallel_for(data_.size(), data_.size(), [&](std::size_t i, std::size_t) {
      float* x = data_[i].data();
      multiply(model::MatrixView<const float>(x, k, k), model::MatrixView<const float>(x + k * k, k, k), 0.0F,
               model::MatrixView<float>(x + 2 * k * k, k, k));
    });
    for (const std::vector<float>& x : data_)  // ones times ones
      require(x[2 * k * k] == static_cast<float>(k) && x.back() == static_cast<float>(k),
              "sgemm has not multiplied");
  }

 private:
  static constexpr std::size_t k = 1024;
  std::vector<std::vector<float>> data_;
};

}  // namespace tmm::bench
