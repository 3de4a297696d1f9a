// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <limits>

#include "naive_network.hpp"

namespace tmm::test {

/// The same for the families with RMSNorm and for decoders with dense matrices. `mean`: the product with T is
/// divided by the running sums of its taps.
class NaiveFamilyNetwork : public NaiveNetwork {
 public:
  explicit NaiveFamilyNetwork(const model::StateDict& state, bool mean = false)
      : NaiveNetwork(state), mean_(mean) {}

  [[nodiscard]] Matrix logits(const std::vector<std::int32_t>& ids) const {
    if (has("decoderblocks.0.conv.bias") || has("decoderblocks.0.conv.convs.0.bias")) return retention(ids);
    if (has("inp_emb.weight")) return language_model("inp_emb", "norm", "out_emb", ids);
    if (has("inp_embed.weight")) return language_model("inp_embed", "out_norm", "out_embed", ids);
    return NaiveNetwork::logits(ids);
  }

 private:
  [[nodiscard]] Matrix rms(const std::string& name, Matrix x) const {
    const auto g = vector(name + ".weight");
    for (auto& row : x) {
      double squares = 0;
      for (const double v : row) squares += v * v / static_cast<double>(row.size());
      for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = g[j] * row[j] / std::sqrt(squares + std::numeric_limits<double>::epsilon());
    }
    return x;
  }

  static Matrix gelu_tanh(Matrix x) {
    for (auto& row : x)
      for (double& v : row)
        v = v / 2 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (v + 0.044715 * v * v * v)));
    return x;
  }

  static Matrix gelu(Matrix x) {
    for (auto& row : x)
      for (double& v : row) v = v / 2 * (1 + std::erf(v / std::sqrt(2.0)));
    return x;
  }

  [[nodiscard]] Matrix language_model(const std::string& in, const std::string& norm, const std::string& out,
                                      const std::vector<std::int32_t>& ids) const {
    const Matrix embedding = matrix(in + ".weight");
    Matrix x;
    for (const auto id : ids) x.push_back(embedding[static_cast<std::size_t>(id)]);
    const bool heads = in == "inp_embed";
    for (int i = 0; has("blocks." + std::to_string(i) + ".mlp.fc1.weight"); ++i) {
      const std::string name = "blocks." + std::to_string(i) + ".";
      const Matrix u = rms(name + (heads ? "mixer_norm" : "norm1"), x);
      add(x, heads ? parallel(name + "mixer.", u) : single(name + "mixer.", u));
      const Matrix inner = linear(name + "mlp.fc1", rms(name + (heads ? "mlp_norm" : "norm2"), x));
      add(x, linear(name + "mlp.fc2", heads ? gelu_tanh(inner) : silu(inner)));
    }
    return multiply(rms(norm, x), matrix(out + ".weight"));
  }

  // The sums of the definition, not a recurrence.
  [[nodiscard]] Matrix single(const std::string& name, const Matrix& u) const {
    if (has(name + "weight")) return toeplitz(vector(name + "weight"), vector(name + "bias"), u);
    const auto logits = vector(name + "alpha_logits"), b = vector(name + "bias");
    Matrix all(u.size(), std::vector<double>(u[0].size() * b.size()));
    for (std::size_t j = 0; j < b.size(); ++j) {
      const double alpha = 1 / (1 + std::exp(-logits[j]));
      std::vector<double> taps, bias;
      for (std::size_t k = 0; k < u.size(); ++k) {
        taps.push_back((1 - alpha) * std::pow(alpha, k));
        bias.push_back(b[j] * (1 - std::pow(alpha, k + 1)) / (1 - alpha));
      }
      const Matrix y = toeplitz(taps, bias, u);
      for (std::size_t t = 0; t < u.size(); ++t)
        for (std::size_t e = 0; e < u[0].size(); ++e) all[t][e * b.size() + j] = y[t][e];
    }
    return linear(name + "proj", all);
  }

  [[nodiscard]] Matrix parallel(const std::string& name, const Matrix& normalized) const {
    const bool derived = has(name + "weight_raw"), projections = has(name + "inp_proj.weight");
    Matrix taps = matrix(name + (derived ? "weight_raw" : "weight")), all(normalized.size());
    const Matrix biases = matrix(name + "bias"),
                 u = projections ? linear(name + "inp_proj", normalized) : normalized;
    for (std::size_t h = 0; h < taps.size(); ++h) {
      if (derived)
        for (double& w : taps[h]) w = std::log(1 + std::exp(w));
      const auto width = static_cast<std::ptrdiff_t>(u[0].size() / taps.size()),
                 at = static_cast<std::ptrdiff_t>(h) * width;
      Matrix head(u.size());
      for (std::size_t t = 0; t < u.size(); ++t) head[t].assign(u[t].begin() + at, u[t].begin() + at + width);
      head = toeplitz(taps[h], std::vector<double>(taps[h].size()), head);
      double sum = 0;
      for (std::size_t t = 0; t < u.size(); ++t) {
        sum += taps[h][t];
        for (const double v : head[t]) all[t].push_back((mean_ ? v / sum : v) + biases[h][t]);
      }
    }
    return projections ? multiply(all, matrix(name + "out_proj.weight")) : all;
  }

  [[nodiscard]] Matrix mix_dense(const std::string& name, const Matrix& u) const {
    if (has(name + "weight")) return dense(name, u);
    Matrix all(u.size());
    for (int h = 0; has(name + "convs." + std::to_string(h) + ".weight"); ++h) {
      const std::string number = std::to_string(h);
      const Matrix head = dense(name + "convs." + number + ".", linear(name + "proj_head." + number, u));
      for (std::size_t t = 0; t < u.size(); ++t) all[t].insert(all[t].end(), head[t].begin(), head[t].end());
    }
    return linear(name + "out_proj", all);
  }

  [[nodiscard]] Matrix retention(const std::vector<std::int32_t>& ids) const {
    const Matrix embedding = matrix("wte.weight");
    Matrix x;
    for (const auto id : ids) x.push_back(embedding[static_cast<std::size_t>(id)]);
    x = blocks("encoderblocks.", x);
    x = bottleneck({x[x.size() - 2]}, x.size());
    for (int i = 0; has("decoderblocks." + std::to_string(i) + ".patch_ff.0.weight"); ++i) {
      const std::string name = "decoderblocks." + std::to_string(i) + ".";
      add(x, mix_dense(name + "conv.", norm(name + "seq_layernorm", x)));
      const Matrix inner = linear(name + "patch_ff.0", norm(name + "patch_layernorm", x));
      add(x, linear(name + "patch_ff.2", gelu(inner)));
    }
    return multiply(x, matrix("lm_head.weight"));
  }

  bool mean_;
};

}  // namespace tmm::test
