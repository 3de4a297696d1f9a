// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "analysis/spectrum/spectrum.hpp"

namespace tmm::analysis {

/// The singular values of a lower triangular matrix W (n × n, by rows) by LAPACK's dgesdd, each with an
/// absolute error of floor_factor(n)·σ_max (Users' Guide, 3rd ed., §4.9: p(n)·ε·σ_max). Where that leaves no
/// digit a value is below_precision. A zero on the diagonal makes the smallest value 0 exactly. Identities:
/// Σ σ² = ‖W‖_F², and Σ ln σ = ln|det W| = Σ ln|W_tt| where every value is known; values of a spectrum that
/// fails one are undecided. Scaled by a power of two: no over- or underflow. Throws ArgumentError for n = 0
/// or n > 32768, std::runtime_error if LAPACK gives up.
Spectrum dense_spectrum(std::span<const double> matrix, std::size_t n);

}  // namespace tmm::analysis
