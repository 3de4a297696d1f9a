// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "analysis/base/measure.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/symbol/zeros.hpp"

namespace tmm::analysis {

/// Jensen's defect Σ_{|z_j|<1} ln(1/|z_j|), proven: each of N approximations is improved by Newton's method
/// in ball arithmetic, until the disc of radius d|a/a'| about it, which holds a zero (Laguerre; Henrici,
/// Applied and Computational Complex Analysis I, 1974, §6.4), lies in |z| < 1. N disjoint discs there and a
/// certified winding number N leave exactly one zero to each. `rest` is added to w_0 exactly, as for
/// winding_number(). Empty where N is not certified or 0, w_0 = 0, or zeros are too near to each other or to
/// the circle for their discs.
std::optional<Measure> proven_jensen_defect(std::span<const double> taps, double rest, const Winding& winding,
                                            const Zeros& zeros);

}  // namespace tmm::analysis
