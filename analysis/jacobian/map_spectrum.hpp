// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/jacobian/linear_map.hpp"
#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Measures of the singular values σ_1 ≥ … ≥ σ_q, q = min(rows, cols), of a matrix that was computed, or is
/// known by its products:
///   sigma_max          σ_1
///   log10_sigma_min    log10 σ_q
///   stable_rank        Σ σ_i²/σ_1²
///   effective_rank     exp(−Σ p_i ln p_i), p_i = σ_i/Σ σ_j (Roy & Vetterli, EUSIPCO 2007)
///   rank_float32       #{i : σ_i > max(rows, cols)·2⁻²³·σ_1}: what rounding to float32 leaves of the rank
///   kernel_float32     q − rank_float32
struct MapSpectrum {
  std::size_t rows = 0, cols = 0;
  std::vector<double> values;  ///< all q, descending; empty if only the ends are known
  double error = 0;            ///< absolute, of each of them: estimate
  std::vector<NamedMeasure> measures;

  [[nodiscard]] const Measure& at(std::string_view id) const;
};

/// How many of `values` are numbers: above twice their error. The others, all behind them, are only bounded.
std::size_t known_values(const MapSpectrum& spectrum);

/// max(rows, cols)·2⁻²³·σ_1, above which a value counts in rank_float32. All values are known.
double float32_threshold(const MapSpectrum& spectrum);

/// Ids of the measures, in their order.
const std::vector<std::string>& map_measures();

/// From all singular values, descending, each with an absolute error of `error` (estimate). Values that are
/// not above twice that are bounds only. `method` says how they were found.
MapSpectrum full_spectrum(std::vector<double> values, std::size_t rows, std::size_t cols, double error,
                          const std::string& method);

/// By LAPACK: of an error of `rounding` in the 2-norm (estimate) of the matrix, which is destroyed, and of
/// the routine, floor_factor(max(rows, cols))·σ_1. Throws FormatError where an entry is not finite,
/// std::runtime_error if LAPACK gives up.
MapSpectrum dense_map_spectrum(Eigen::MatrixXd& matrix, double rounding);

/// What else is known where only the ends of a spectrum are computed.
struct MapKnowledge {
  double rounding = 0;  ///< error of products, 2-norm of the matrix (estimate)
  double smallest_upper = std::numeric_limits<double>::infinity();  ///< an upper bound of σ_q from elsewhere
  /// The rank is at most this: 0 singular values below, whatever rounding says.
  std::size_t most_rank = std::numeric_limits<std::size_t>::max();
  std::string rank_reason = {};  ///< why
};

/// Makes the smallest value 0, certified, where the rank cannot be full.
void limit_rank(MapSpectrum& spectrum, const MapKnowledge& knowledge);

/// exp(−Σ p_i ln p_i), p_i = w_i/Σ w_j: how many of the weights w_i ≥ 0 count, each with an absolute error of
/// `error` (estimate). Not defined if all are 0.
Measure effective_number(const std::vector<double>& weights, double error, const std::string& method);

/// The ends by Golub–Kahan–Lanczos: σ_1 with its residual (that a singular value lies so near is certain up
/// to rounding, that it is the largest is not: a random start misses it with a probability that nobody sees),
/// an upper bound of σ_q, a lower bound of the rank; Σσ² from `probes` random vectors of ±1, E‖A x‖² = ‖A‖_F²
/// (Hutchinson 1990), with two standard errors. What needs all values is undecided.
MapSpectrum end_spectrum(const LinearMap& map, std::size_t steps, std::size_t probes, std::uint64_t seed,
                         const MapKnowledge& knowledge);

/// The matrix of a map column by column, A e_i.
Eigen::MatrixXd dense_of(const LinearMap& map);

}  // namespace tmm::analysis
