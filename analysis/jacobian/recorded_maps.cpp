// SPDX-License-Identifier: MIT
#include "analysis/jacobian/recorded_maps.hpp"

#include <algorithm>

namespace tmm::analysis {

RecordedMaps::RecordedMaps(const model::GradientLayers<double>& layers, std::size_t m)
    : layers_(&layers),
      m_(m),
      d_(layers.network->architecture.embedding),
      pass_(layers, m, true),
      sink_(model::gradient_sink(*layers.network)),
      whole_(m * d_) {}

void RecordedMaps::record(std::span<const std::int32_t> ids) {
  const auto x = pass_.input(m_);
  for (std::size_t t = 0; t < m_; ++t)
    std::copy_n(layers_->network->embedding.data() + static_cast<std::size_t>(ids[t]) * d_, d_, x.row(t));
  pass_.forward(m_, 1);
}

void RecordedMaps::tangent(std::size_t first, std::size_t end, std::span<double> x) {
  pass_.tangent(first, end, 1, view(x));
}

LinearMap RecordedMaps::steps(std::size_t first, std::size_t end, bool branch) {
  const auto less_identity = [branch](std::span<const double> x, std::span<double> y) {
    for (std::size_t i = 0; branch && i < y.size(); ++i) y[i] -= x[i];
  };
  return {m_ * d_, m_ * d_,
          [this, first, end, less_identity](std::span<const double> x, std::span<double> y) {
            std::ranges::copy(x, y.begin());
            pass_.tangent(first, end, 1, view(y));
            less_identity(x, y);
          },
          [this, first, end, less_identity](std::span<const double> u, std::span<double> g) {
            std::ranges::copy(u, g.begin());
            pass_.backward(first, end, 1, view(g), sink_);
            less_identity(u, g);
          }};
}

LinearMap RecordedMaps::rows(std::size_t first, std::size_t end, std::size_t position, bool branch) {
  const LinearMap all = steps(first, end, branch);
  const std::size_t offset = position * d_;
  return {d_, m_ * d_,
          [this, all, offset](std::span<const double> x, std::span<double> y) {
            all.apply(x, whole_);
            std::copy_n(whole_.begin() + static_cast<std::ptrdiff_t>(offset), d_, y.begin());
          },
          [this, all, offset](std::span<const double> u, std::span<double> g) {
            std::ranges::fill(whole_, 0.0);
            std::ranges::copy(u, whole_.begin() + static_cast<std::ptrdiff_t>(offset));
            all.transpose(whole_, g);
          }};
}

}  // namespace tmm::analysis
