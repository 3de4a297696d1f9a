// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/measures/report.hpp"
#include "analysis/ordered_delivery.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::analysis {

/// Which singular values to compute. automatic: full up to AnalyzeOptions::largest_automatic_spectrum taps,
/// extreme (the largest few and σ_min, extreme_spectrum.hpp) beyond.
enum class SpectrumChoice { automatic, full, extreme, none };

std::string_view name(SpectrumChoice choice);

/// What to compute, and how hard to try.
struct AnalyzeOptions {
  /// The full spectrum costs O(n³) time and O(n²) memory: seconds and 128 MB at this n.
  static constexpr std::size_t largest_automatic_spectrum = 4096;
  /// The zeros cost O(n²): under a second at this n. Up to it they are always computed, as a check.
  static constexpr std::size_t largest_automatic_zeros = 4096;

  WindingOptions winding;
  std::vector<std::size_t> sections;  ///< leading sections T_m to analyse as well
  std::vector<double> thresholds;     ///< further τ for effective_index_TAU and numerical_rank_TAU
  /// Further thresholds in the units of the weights, for effective_index_absolute_TAU and
  /// numerical_rank_absolute_TAU.
  std::vector<double> absolute_thresholds;
  /// Only these measures, and no more work than they need; all if empty. The index is always found.
  std::vector<std::string> measures;
  /// What a script of 50,000 open samples says of the index, beside the proven one
  /// (analysis/index/published_winding.hpp).
  bool published_winding = false;
  /// Prove what is otherwise numerical: the singular values and what follows from them, Jensen's defect, and
  /// max|a| to more digits (spectrum_proof.hpp, jensen_proof.hpp, symbol_maximum.hpp).
  bool certify = false;
  /// The plane of λ: resolvent norms and indices on this grid, distances to other indices, Kreiss constants
  /// (analysis/pseudospectra/). A measure of them that is named above is computed without the grid.
  std::optional<PlaneGrid> pseudospectra;
  /// Whether results keep singular values, zeros and grids: without them thousands of operators fit in
  /// memory. Measures do not depend on it.
  bool keep_arrays = true;
  SpectrumChoice spectrum = SpectrumChoice::automatic;
  bool zeros = false;  ///< compute the zeros of the symbol whatever n, and list them in reports
};

/// Everything this toolkit knows of one Toeplitz operator: index with its certificate, spectrum, and the flat
/// table of measures (docs/measures.md; docs/theory.md says how each is found). A numerical outcome is never
/// an exception: it is a status, also where a part of the analysis fails. Throws ArgumentError for taps that
/// are empty, NaN or infinite, and for names in options.measures that are no measures.
OperatorReport analyze(const model::LayerOperator& layer, const AnalyzeOptions& options = {});

/// Called after each finished operator, by one thread at a time.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// What AnalyzeOptions::keep_arrays = false leaves out.
void drop_arrays(OperatorReport& report, const AnalyzeOptions& options);

/// The report of operator i if it is there already; asked for by many threads at once.
using KnownReport = std::function<std::optional<OperatorReport>(std::size_t i)>;

/// analyze() of those of `layers` that are not known, on up to `threads` threads (0: as many as OpenMP
/// offers); reports are delivered one at a time in the order of `layers`, bit for bit the same for any number
/// of threads, and no longer held than until those before them are there. The first exception, in the order
/// of `layers`, is rethrown here after the running operators have ended; all before it have been delivered.
void analyze_each(std::span<const model::LayerOperator> layers, const AnalyzeOptions& options, int threads,
                  const Deliver& deliver, const Progress& progress = {}, const KnownReport& known = {});

/// analyze() over `layers` on up to `threads` threads (0: as many as OpenMP offers). Results are in the order
/// of `layers` and bit for bit the same for any number of threads. The first exception, in the order of
/// `layers`, is rethrown here after the running operators have ended.
std::vector<OperatorReport> analyze_all(std::span<const model::LayerOperator> layers,
                                        const AnalyzeOptions& options = {}, int threads = 0,
                                        const Progress& progress = {});

}  // namespace tmm::analysis
