// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace tmm::analysis {

/// A real matrix A that is known by its products alone.
struct LinearMap {
  std::size_t rows = 0, cols = 0;
  std::function<void(std::span<const double> x, std::span<double> y)> apply;      ///< y = A x
  std::function<void(std::span<const double> u, std::span<double> g)> transpose;  ///< g = Aᵀ u

  [[nodiscard]] std::size_t smaller() const { return rows < cols ? rows : cols; }
  [[nodiscard]] std::size_t larger() const { return rows < cols ? cols : rows; }
};

}  // namespace tmm::analysis
