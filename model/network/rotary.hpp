// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// θ_i = 10000^(−2i/w), 0 ≤ i < w/2: frequencies of rotary positions for heads of w channels, each rounded to
/// float as it is stored. Source: Su et al., RoFormer, arXiv 2104.09864, section 3.2.2 (there i begins at 1).
std::vector<float> rotary_frequencies(std::size_t w);

/// Cosines and sines of the angles t·θ_i, computed in double.
template <NetworkScalar T>
class Rotation {
 public:
  Rotation() = default;
  /// For positions 0 … length − 1.
  Rotation(std::span<const T> frequencies, std::size_t length);

  /// Turns the pairs of neighbouring channels (2i, 2i + 1) of every head of row r by the angle t·θ_i, with
  /// t = first + r mod m, and multiplies by `scale`:
  ///   (a, b) ← scale·(a·cos − b·sin, a·sin + b·cos)
  /// x (sequences·m, H·w).
  void turn(MatrixView<T> x, std::size_t m, T scale, std::size_t first = 0) const;
  /// The transpose of that: by −t·θ_i, times `scale`.
  void turn_back(MatrixView<T> x, std::size_t m, T scale) const;

 private:
  std::size_t pairs_ = 0;           // w/2
  std::vector<T> cosines_, sines_;  // (length, w/2)
};

extern template class Rotation<float>;
extern template class Rotation<double>;

}  // namespace tmm::model
