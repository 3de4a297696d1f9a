// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"

namespace tmm::test {

/// The forward pass written down as the definition has it: loops over tensors fetched by name, one sequence,
/// double precision. Slow, and shares nothing with the real one.
class NaiveNetwork {
 public:
  using Matrix = std::vector<std::vector<double>>;  // [time][channel]

  explicit NaiveNetwork(const model::StateDict& state) : state_(state) {}

  /// Logits at every position.
  [[nodiscard]] Matrix logits(const std::vector<std::int32_t>& ids) const {
    const bool autoencoder = has("wte.weight");
    const Matrix embedding = matrix(autoencoder ? "wte.weight" : "input_layer.weight");
    Matrix x;
    for (const auto id : ids) x.push_back(embedding[static_cast<std::size_t>(id)]);
    if (autoencoder) {
      x = blocks("encoderblocks.", x);
      x = blocks("decoderblocks.", bottleneck({x.back()}, x.size()));
      return multiply(x, matrix("lm_head.weight"));
    }
    x = blocks("mixer_blocks.", x);
    return multiply(x, matrix(has("output_layer.weight") ? "output_layer.weight" : "input_layer.weight"));
  }

 protected:
  [[nodiscard]] bool has(const std::string& name) const { return state_.contains(name); }
  [[nodiscard]] std::vector<double> vector(const std::string& name) const {
    return state_.at(name).as_double();
  }
  [[nodiscard]] Matrix matrix(const std::string& name) const {
    const auto& tensor = state_.at(name);
    const auto values = tensor.as_double();
    Matrix rows(tensor.info.shape[0]);
    for (std::size_t i = 0; i < values.size(); ++i) rows[i / tensor.info.shape[1]].push_back(values[i]);
    return rows;
  }

  // x·Wᵀ
  static Matrix multiply(const Matrix& x, const Matrix& w) {
    Matrix y(x.size(), std::vector<double>(w.size()));
    for (std::size_t t = 0; t < x.size(); ++t)
      for (std::size_t o = 0; o < w.size(); ++o)
        for (std::size_t i = 0; i < x[t].size(); ++i) y[t][o] += w[o][i] * x[t][i];
    return y;
  }

  [[nodiscard]] Matrix linear(const std::string& name, const Matrix& x) const {
    Matrix y = multiply(x, matrix(name + ".weight"));
    const auto b = vector(name + ".bias");
    for (auto& row : y)
      for (std::size_t o = 0; o < b.size(); ++o) row[o] += b[o];
    return y;
  }

  [[nodiscard]] Matrix norm(const std::string& name, Matrix x) const {
    const auto w = vector(name + ".weight"), b = vector(name + ".bias");
    for (auto& row : x) {
      const auto d = static_cast<double>(row.size());
      double mean = 0, variance = 0;
      for (const double v : row) mean += v / d;
      for (const double v : row) variance += (v - mean) * (v - mean) / d;
      for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = (row[j] - mean) / std::sqrt(variance + 1e-5) * w[j] + b[j];
    }
    return x;
  }

  static Matrix silu(Matrix x) {
    for (auto& row : x)
      for (double& v : row) v = v / (1 + std::exp(-v));
    return x;
  }

  static Matrix toeplitz(const std::vector<double>& w, const std::vector<double>& b, const Matrix& x) {
    Matrix y(x.size(), std::vector<double>(x[0].size()));
    for (std::size_t t = 0; t < x.size(); ++t)
      for (std::size_t e = 0; e < x[t].size(); ++e) {
        y[t][e] = b[t];
        for (std::size_t s = 0; s <= t; ++s) y[t][e] += w[t - s] * x[s][e];
      }
    return y;
  }

  [[nodiscard]] Matrix one_stage(const std::string& name, const Matrix& x) const {
    const Matrix w = matrix(name + "weight");
    const auto b = vector(name + "bias");
    Matrix y = toeplitz(std::vector<double>(b.size()), b, x);  // the bias alone
    for (std::size_t i = 0; i < w.size(); ++i) {
      Matrix shifted = x;
      for (std::size_t t = 0; t < x.size(); ++t)
        for (std::size_t e = 0; e < x[t].size(); ++e) {
          const std::size_t back = w.size() - 1 - i;
          shifted[t][e] = e >= back ? x[t][e - back] : 0;
        }
      const Matrix part = toeplitz(w[i], std::vector<double>(b.size()), shifted);
      for (std::size_t t = 0; t < x.size(); ++t)
        for (std::size_t e = 0; e < x[t].size(); ++e) y[t][e] += part[t][e];
    }
    return y;
  }

  [[nodiscard]] Matrix dense(const std::string& name, const Matrix& u) const {
    const auto w = vector(name + "weight"), b = vector(name + "bias");
    Matrix y(u.size(), std::vector<double>(u[0].size()));
    for (std::size_t t = 0; t < u.size(); ++t)
      for (std::size_t e = 0; e < u[0].size(); ++e) {
        y[t][e] = b[t];
        for (std::size_t s = 0; s <= t; ++s) y[t][e] += w[t * b.size() + s] * u[s][e];
      }
    return y;
  }

  /// Channels first … of the projection of head h: rows of (H, w, d); queries and keys are turned.
  [[nodiscard]] Matrix head_of(const std::string& name, std::size_t h, const Matrix& x, bool turned) const {
    const auto& shape = state_.at(name + ".weight").info.shape;
    const auto weight = vector(name + ".weight");
    const std::size_t width = shape[1], d = shape[2];
    Matrix y(x.size(), std::vector<double>(width));
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t e = 0; e < width; ++e)
        for (std::size_t j = 0; j < d; ++j) y[t][e] += weight[(h * width + e) * d + j] * x[t][j];
      if (!turned) continue;
      const auto theta = vector(name.substr(0, name.rfind('.')) + ".rotary.inv_freq");
      for (std::size_t i = 0; i < width / 2; ++i) {
        const double angle = static_cast<double>(t) * theta[i], a = y[t][2 * i], b = y[t][2 * i + 1];
        y[t][2 * i] = a * std::cos(angle) - b * std::sin(angle);
        y[t][2 * i + 1] = a * std::sin(angle) + b * std::cos(angle);
      }
    }
    return y;
  }

  [[nodiscard]] Matrix attention(const std::string& name, const Matrix& x) const {
    const auto shape = state_.at(name + "q_proj.weight").info.shape;
    Matrix all(x.size());
    for (std::size_t h = 0; h < shape[0]; ++h) {
      const Matrix q = head_of(name + "q_proj", h, x, true), k = head_of(name + "k_proj", h, x, true),
                   v = head_of(name + "v_proj", h, x, false);
      for (std::size_t t = 0; t < x.size(); ++t) {
        std::vector<double> y(shape[1]);
        double sum = 0;
        for (std::size_t s = 0; s <= t; ++s) {
          double score = 0;
          for (std::size_t e = 0; e < shape[1]; ++e) score += q[t][e] * k[s][e];
          const double weight = std::exp(score / std::sqrt(static_cast<double>(shape[1])));
          sum += weight;
          for (std::size_t e = 0; e < shape[1]; ++e) y[e] += weight * v[s][e];
        }
        for (const double value : y) all[t].push_back(value / sum);
      }
    }
    return multiply(all, matrix(name + "out_proj.weight"));
  }

  [[nodiscard]] Matrix stages(const std::string& name, const Matrix& x) const {
    if (has(name + "weight") && state_.at(name + "weight").info.shape.size() == 3) return dense(name, x);
    if (has(name + "weight")) return one_stage(name, x);
    return one_stage(name + "3.", silu(one_stage(name + "0.", x)));
  }

  [[nodiscard]] Matrix mix(const std::string& name, const Matrix& x) const {
    if (has(name + "q_proj.weight")) return attention(name, x);
    if (!has(name + "out_proj.weight")) return stages(name, x);
    Matrix all(x.size());
    const bool parallel = has(name + "in_proj.weight");
    const Matrix projected = parallel ? linear(name + "in_proj", x) : Matrix();
    const Matrix taps = parallel ? matrix(name + "mixer_heads.weight") : Matrix();
    const Matrix biases = parallel ? matrix(name + "mixer_heads.bias") : Matrix();
    for (std::size_t h = 0;
         parallel ? h < taps.size() : has(name + "proj_head." + std::to_string(h) + ".weight"); ++h) {
      Matrix head(x.size());
      if (parallel) {
        const auto width = static_cast<std::ptrdiff_t>(x[0].size() / taps.size()),
                   at = static_cast<std::ptrdiff_t>(h) * width;
        for (std::size_t t = 0; t < x.size(); ++t)
          head[t].assign(projected[t].begin() + at, projected[t].begin() + at + width);
        head = toeplitz(taps[h], biases[h], head);
      } else {
        const std::string number = std::to_string(h);
        head = stages(name + "mixer_heads." + number + ".", linear(name + "proj_head." + number, x));
      }
      for (std::size_t t = 0; t < x.size(); ++t) all[t].insert(all[t].end(), head[t].begin(), head[t].end());
    }
    return linear(name + "out_proj", all);
  }

  static void add(Matrix& x, const Matrix& y) {
    for (std::size_t t = 0; t < x.size(); ++t)
      for (std::size_t e = 0; e < x[t].size(); ++e) x[t][e] += y[t][e];
  }

  [[nodiscard]] Matrix blocks(const std::string& part, Matrix x) const {
    for (int i = 0; has(part + std::to_string(i) + ".channel_norm.weight"); ++i) {
      const std::string name = part + std::to_string(i) + ".";
      const Matrix hidden = silu(linear(name + "channel_mixing_layer.0", norm(name + "channel_norm", x)));
      add(x, linear(name + "channel_mixing_layer.3", hidden));
      add(x, mix(name + "token_mixing_layer.", norm(name + "token_norm", x)));
    }
    return x;
  }

  // What the decoder reads at `length` positions, from z (1, d).
  [[nodiscard]] Matrix bottleneck(Matrix z, std::size_t length) const {
    if (has("down.weight")) z = linear("up", linear("down", z));
    const std::size_t d = z[0].size();
    Matrix windows(length);
    for (std::size_t t = 0; t < length; ++t)
      for (std::size_t j = 0; j < d / 2; ++j) windows[t].push_back(z[0][(t % d + j) % d]);
    return linear("projection", windows);
  }

  [[nodiscard]] const model::StateDict& state() const { return state_; }

 private:
  const model::StateDict& state_;
};

}  // namespace tmm::test
