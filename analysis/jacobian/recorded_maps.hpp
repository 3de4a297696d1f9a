// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/jacobian/linear_map.hpp"
#include "model/pass/recorded_pass.hpp"

namespace tmm::analysis {

/// One thread's derivative of a network at one sequence (m, d), as products.
class RecordedMaps {
 public:
  /// For sequences of m tokens. Keeps a reference to the layers.
  RecordedMaps(const model::GradientLayers<double>& layers, std::size_t m);

  void record(std::span<const std::int32_t> ids);
  /// J_{end−1} ⋯ J_first of the steps (m·d × m·d); `branch`: less the identity. Refers to this object.
  LinearMap steps(std::size_t first, std::size_t end, bool branch = false);
  /// Rows of one position of that: (d × m·d).
  LinearMap rows(std::size_t first, std::size_t end, std::size_t position, bool branch = false);
  /// ẋ ← J ẋ of the steps, in place.
  void tangent(std::size_t first, std::size_t end, std::span<double> x);

 private:
  [[nodiscard]] model::MatrixView<double> view(std::span<double> x) const { return {x.data(), m_, d_}; }

  const model::GradientLayers<double>* layers_;
  std::size_t m_, d_;
  model::RecordedPass<double> pass_;
  model::Tmm<double> sink_;
  std::vector<double> whole_;
};

}  // namespace tmm::analysis
