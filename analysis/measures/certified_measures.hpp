// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/report.hpp"
#include "analysis/spectrum/spectrum.hpp"

namespace tmm::analysis {

/// Certified values of T_n with w_0 from those with w_0 + rest in its place, by Weyl's inequality; those that
/// this leaves without two digits are numerical again.
void carry_rest(Spectrum& spectrum, double rest);

/// Makes certified what follows from certified singular values (append_spectrum_measures has appended it):
/// condition numbers, logarithms, ranks, and the counts below thresholds. A count that a value within its
/// error of the threshold leaves open is a bracket: the value is its lower end, value + error the upper one
/// (of numerical_rank the other way round). With singular values that are not proven, or taps that are not
/// exact, they stay as they are.
void certify_spectrum_measures(OperatorReport& report);

}  // namespace tmm::analysis
