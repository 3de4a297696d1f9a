// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "analysis/measures/report.hpp"
#include "analysis/spectrum/spectrum.hpp"

namespace tmm::analysis {

/// Number of singular values at or below a threshold: at least `certainly`, at most `possibly`, given the
/// error of each value.
struct EffectiveIndex {
  std::int64_t certainly = 0;
  std::int64_t possibly = 0;
};

/// #{i : σ_i ≤ tau·σ_max}, the dimension that T_n loses in arithmetic with unit round-off tau.
EffectiveIndex effective_index(const Spectrum& spectrum, double tau);

/// #{i : σ_i ≤ tau}: at tau = 1e-6 the singular values that a count of σ > 1e-6 leaves out.
EffectiveIndex absolute_effective_index(const Spectrum& spectrum, double tau);

/// Appends ID; where double cannot hold the value as not defined, with ID_mantissa and ID_exponent10.
void append_scaled(OperatorReport& report, const std::string& id, const ScaledReal& value, Status status,
                   double relative_error, const std::string& method);

/// log10 of a value with its relative error (at least conversion_error(value), or 0 for an exact 0), for
/// below_precision of the upper bound.
Measure log10_measure(const ScaledReal& value, Status status, double relative_error,
                      const std::string& method);

/// Appends ID_mantissa and ID_exponent10, for a value that double cannot hold: mantissa·10^exponent.
void append_mantissa_and_exponent(OperatorReport& report, const std::string& id, const ScaledReal& value,
                                  Status status, double relative_error, const std::string& method);

/// Appends sigma_max, sigma_min and condition with their log10 of a spectrum, each name with `prefix` (before
/// it log10_). `singular`: why a value of it may be 0 exactly.
void append_extent(OperatorReport& report, const Spectrum& spectrum, const std::string& prefix,
                   const std::string& singular);

/// Appends effective_index and numerical_rank of `report.spectrum` at the unit round-offs and `thresholds`.
void append_effective_indices(OperatorReport& report, std::span<const double> thresholds,
                              std::span<const double> absolute);

/// exp(H), H = −Σ p_i ln p_i, p_i = σ_i/Σσ.
Measure effective_rank(const Spectrum& spectrum);

/// ‖T‖_F²/σ_1² of report.spectrum and the weights or the matrix.
Measure stable_rank(const OperatorReport& report);

/// What is known of σ_min of the rounded taps, where their error leaves of the real ones only a bound:
/// log10_sigma_min_rounded_taps.
void append_sigma_of_rounded_taps(OperatorReport& report, const SingularValue& smallest);

/// A warning where the identity has failed.
void append_identity_warning(OperatorReport& report, const IdentityCheck& check);

/// Appends the measures that follow from `report.spectrum` (which must be there): sigma_max, sigma_min and
/// condition with their log10, effective_index and numerical_rank (n minus it) at the unit round-off of
/// float32 (2⁻²⁴), bfloat16 (2⁻⁸) and float16 (2⁻¹¹) and at each further threshold (named after it),
/// stable_rank ‖T‖_F²/σ_1², effective_rank exp(entropy of σ_i/Σσ), log_abs_det_per_row ln|w_0|. An identity
/// that the spectrum fails becomes a warning. `absolute` thresholds count σ_i ≤ τ in the units of the
/// weights: effective_index_absolute_TAU, numerical_rank_absolute_TAU.
void append_spectrum_measures(OperatorReport& report, std::span<const double> thresholds = {},
                              std::span<const double> absolute = {});

}  // namespace tmm::analysis
