// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "analysis/base/measure.hpp"
#include "analysis/spectrum/graded_eigen.hpp"

namespace tmm::test {

/// |Eigenvalues| of J·T_n in 900-digit MPFR arithmetic, descending: an oracle that shares nothing with the
/// library. Right to 15 digits as long as σ_max/σ_min < 1e880; n = 96 takes some seconds.
std::vector<analysis::ScaledReal> exact_singular_values(std::span<const double> taps);

/// The same for a graded sum, summed up in 900 digits.
std::vector<analysis::ScaledReal> exact_eigenvalues(const analysis::GradedSum& sum);

}  // namespace tmm::test
