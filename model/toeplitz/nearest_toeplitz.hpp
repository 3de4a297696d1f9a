// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tmm::model {

/// The lower triangular Toeplitz matrix T closest to a lower triangular W (n × n) in Frobenius norm: its taps
/// are the means along the diagonals of W, t_k = Σ_s W_{s+k,s}/(n − k).
struct NearestToeplitz {
  std::vector<double> taps;   ///< t_k rounded to double
  double tap_error_l1 = 0;    ///< proven: Σ_k |taps[k] − t_k| ≤ this
  double distance = 0;        ///< ‖W − T‖_F
  double distance_error = 0;  ///< bound of its rounding error
  double norm = 0;            ///< ‖W‖_F, to 2^−50 of itself
};

/// `matrix`: W by rows. Throws ArgumentError if it is not n × n, n ≥ 1, not finite, or not lower triangular.
NearestToeplitz nearest_toeplitz(std::span<const double> matrix, std::size_t n);

}  // namespace tmm::model
