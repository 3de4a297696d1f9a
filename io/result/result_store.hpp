// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/result/operator_datasets.hpp"
#include "io/result/report_sink.hpp"

namespace tmm::io {

/// Version of the HDF5 layout, in the root attribute hdf5_schema_version.
inline constexpr int report_hdf5_version = 2;

/// The HDF5 file of an analysis, in this layout:
///
///   /                       attributes: schema "tmm.analysis", hdf5_schema_version, program_version,
///                           convention_NAME (text of each convention), null_draws, seed, residual; taps
///                           where they are explicit: how they were made, as options.taps of the JSON report;
///                           complete = 1 once all operators are there
///   /report_json            uint8: the report as JSON, UTF-8, without operators and layers
///   /planned_operators      (models) int64: how many operators there will be
///   /models/M               attributes: file, sha256, bytes, architecture; warnings (one a line) where there
///                           are any
///   /models/M/layers_json   uint8: layers of the JSON report, once all operators are there
///   /models/M/operators/K   attributes: name, part, block, dtype, n, where there: head, row, stage,
///                           winding_status, and winding_number where certified
///     operator_json         uint8: {"key", "operator"}, the operator's JSON with null for its arrays
///     taps                  (n) w_0 … w_{n−1}
///     singular_value_mantissa, singular_value_exponent10   (n), descending: σ = mantissa·10^exponent10, for
///                           a status below precision an upper bound of σ
///     singular_value_relative_error, singular_value_status, singular_value_method (n), places in
///                           status_names and method_names
///     zeros                 (number, 3) re, im, radius of the zeros of the symbol, by modulus
///     symbol                (n + 1, 2) re, im of a(e^{iθ}), θ = πj/n, j = 0 … n
///     plane_re (columns), plane_im (rows), plane_log10_resolvent, plane_relative_error, plane_winding_number
///                           (rows, columns), where asked for: the plane of λ, Im λ ≥ 0
///     measures              (number, 3) value, error, status (place in status_names), one row for each name
///                           of measure_names, in its order. Value is NaN unless certified or numerical
///     measure_bounds        (number, 2) lower, upper, for the status below precision; NaN elsewhere
///     null_model            (number, 5) draws, mean, deviation, z-score, rank; rows as in measures, NaN
///                           where none
///   Texts that name rows: attributes measure_names and status_names, separated by blanks ('_' within a
///   status), method_names one a line. Arrays have the attributes units ("1" where there are none) and
///   description.
///
/// Written as results come, in place: with every commit (io/files/committed_file.hpp) the operators so far
/// are in the file for good, and it is whole and valid, whatever ends the process. The same analysis gives
/// the same bytes, unless it was interrupted.
class ResultStore : public ReportSink {
 public:
  enum class Start {
    create,   ///< FileError if the file is there by the first commit
    replace,  ///< what is there is replaced at the first commit
    resume    ///< goes on with what is there, if there is anything
  };

  /// `arrays`: whether known() must have them.
  ResultStore(std::string path, Start start, bool arrays = true)
      : path_(std::move(path)), start_(start), arrays_(arrays) {}
  ~ResultStore() override;  ///< what came is kept, also of an analysis that failed

  /// Resuming the analysis that the file is of, its operators stay where they are. Of another one (other
  /// files, layers, options) those that are known by their keys are copied into a new file, which replaces
  /// the old one once it holds them all. Throws FileError, FormatError: no result, one that another process
  /// is writing, an older layout.
  void begin(const AnalysisReport& frame) override;
  void add(std::size_t model, std::size_t place, const analysis::OperatorReport& report) override;
  void finish(const AnalysisReport& report) override;

  /// From begin() on, for every operator that will be added, in the same order, before the first is: its key.
  /// Whether it is known.
  bool expect(const std::string& key);
  /// The report of an operator that was there already; nothing if there is none. Any thread may ask.
  [[nodiscard]] std::optional<analysis::OperatorReport> known(const std::string& key) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  bool read_known();
  void commit_if_due(std::size_t n);

  std::string path_;
  Start start_;
  bool arrays_;
  AnalysisReport frame_;
  bool complete_ = false;  // the file holds this analysis to the end: it stays untouched
  std::optional<ArrayWriter> file_;
  std::map<std::string, analysis::OperatorReport> known_;  // by key
  std::vector<std::string> expected_;                      // keys of operators to come, in order
  std::size_t added_ = 0;
  std::vector<std::size_t> present_;  // operators in the file, by model
  std::size_t to_copy_ = 0;           // known ones that must be in a new file before its first commit
  std::size_t operators_ = 0;         // since the last commit
  std::uint64_t work_ = 0;            // since the last commit, Σ n²
};

/// Writes a whole report as a ResultStore of it would be, in one piece.
void write_report_hdf5(const AnalysisReport& report, const std::string& path, bool replace);

/// SHA-256 of what an operator's numbers depend on: taps and what they mean, options of the analysis, the law
/// of its null model, the version of the program.
std::string operator_key(const model::LayerOperator& layer, const AnalysisReport& frame,
                         const model::NullModel& null_model);

/// Reads the operators of a result in order, whatever is there of them; returns the report without them, a
/// warning with every model that has not all of its. Memory does not grow with their number. Throws
/// FileError, FormatError.
AnalysisReport read_store(const InputFile& file,
                          const std::function<void(std::size_t model, StoredOperator&&)>& take);

/// The dataset report_json.
std::string stored_frame(const InputFile& file);

}  // namespace tmm::io
