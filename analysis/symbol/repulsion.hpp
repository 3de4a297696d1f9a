// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>

namespace tmm::analysis {

/// Σ_j 1/(z_i − z_j) for the points with these numbers, j over all others: what keeps the points of the
/// Ehrlich–Aberth iteration apart. Points in the same place do not count. re, im: of all points; sixteen sums
/// at a time, each of them added up in the order of j.
void repulsion(std::span<const double> re, std::span<const double> im, std::span<const std::size_t> numbers,
               std::span<std::complex<double>> sums);

}  // namespace tmm::analysis
