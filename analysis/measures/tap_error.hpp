// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/base/measure.hpp"
#include "analysis/index/winding_tap_error.hpp"
#include "analysis/spectrum/extreme_spectrum.hpp"
#include "analysis/spectrum/spectrum.hpp"

/// What is found of rounded taps ŵ, carried over to the real numbers w meant, ‖ŵ − w‖₁ ≤ error. With E the
/// Toeplitz matrix (or operator) of the difference, ‖E‖₂ ≤ ‖ŵ − w‖₁. An error of 0 changes nothing.
namespace tmm::analysis {

/// |σ_i(T) − σ_i(T̂)| ≤ ‖E‖₂ (Weyl). What lies at or below twice its error is only bounded from above.
void carry_tap_error(Spectrum& spectrum, double error);
void carry_tap_error(ExtremeSpectrum& extremes, double error);

/// mean ln|a| − ln|w_0|: ln|a| changes by at most −ln(1 − error/min|â|), ln|w_0| likewise. `carried` is the
/// winding number with the error in it.
Measure carry_tap_error(const Measure& jensen_defect, const Winding& carried, double first_tap, double error);

}  // namespace tmm::analysis
