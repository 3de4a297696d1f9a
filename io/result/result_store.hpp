// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// Version of the HDF5 layout, in the root attribute hdf5_schema_version.
inline constexpr int report_hdf5_version = 1;

/// Writes everything of a report into one HDF5 file, which appears whole or not at all. read_report() reads
/// it back.
///
///   /                       attributes: schema "tmm.analysis", hdf5_schema_version, program_version,
///                           convention_NAME (text of each convention), null_draws, seed, residual; taps
///                           where they are explicit: how they were made, as options.taps of the JSON report
///   /report_json            uint8: the whole report as JSON, UTF-8. What read_report() reads
///   /models/M               attributes: file, sha256, bytes, architecture; warnings (one a line) where there
///                           are any
///   /models/M/operators/K   attributes: name, part, block, dtype, n, where there: head, row, stage,
///                           winding_status, and winding_number where certified
///     taps                  (n) w_0 … w_{n−1}
///     singular_value_mantissa, singular_value_exponent10   (n), descending: σ = mantissa·10^exponent10, for
///     a status
///                           below precision an upper bound of σ
///     singular_value_relative_error, singular_value_status (n), status: place in status_names
///     zeros                 (number, 3) re, im, radius of the zeros of the symbol, by modulus
///     symbol                (n + 1, 2) re, im of a(e^{iθ}), θ = πj/n, j = 0 … n
///     measures              (number, 3) value, error, status (place in status_names), one row for each name
///     of
///                           measure_names, in its order. Value is NaN unless certified or numerical
///     measure_bounds        (number, 2) lower, upper, for the status below precision; NaN elsewhere
///     null_model            (number, 5) draws, mean, deviation, z-score, rank; rows as in measures, NaN
///     where none
///   Texts that name rows: attributes measure_names and status_names, separated by blanks ('_' within a
///   status). Arrays have the attribute units ("1" where there are none) and description.
void write_report_hdf5(const AnalysisReport& report, const std::string& path, bool replace);

}  // namespace tmm::io
