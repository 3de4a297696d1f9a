// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Appends how the singular values compare with the modulus of the symbol; needs report.spectrum.
///   avram_parter_distance    Kolmogorov–Smirnov distance sup_x |F(x) − G(x)| between the distribution F of
///   the n singular
///                            values and G of |a(e^{iθ})|, θ uniform (sampled at ≥ 64 n points,
///                            between which |a|² is enclosed by chords). It tends to
///                            0 for a fixed symbol as n grows (Avram 1988; Parter 1986); for a trained layer,
///                            whose symbol has as many weights as the section has rows, a large value is the
///                            sign of boundary effects, not of an error.
///   circulant_sigma_min, log10_circulant_condition
///                            min_j |a(ω^j)|, ω = e^{2πi/n}, and max/min in log10: the singular values of the
///                            circulant with the same weights, which is what convolution-layer tools report.
///                            They know nothing of the causal boundary: beside sigma_min they show what that
///                            boundary does.
void append_distribution_measures(OperatorReport& report);

}  // namespace tmm::analysis
