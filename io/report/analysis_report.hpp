// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/measures/layer_index.hpp"
#include "analysis/measures/report.hpp"
#include "model/checkpoint/explicit_taps.hpp"
#include "model/checkpoint/families/family.hpp"

namespace tmm::io {

/// What was found in one checkpoint.
struct ModelReport {
  std::string file;          ///< path as given
  std::string sha256;        ///< of the file, or of index and shards: io/checkpoint/sha256.hpp
  std::uint64_t bytes = 0;   ///< size of the file
  std::string architecture;  ///< one line: network, variant, sizes
  std::vector<analysis::OperatorReport> operators;
  std::vector<analysis::LayerIndex> layers;  ///< whole layers, where heads or kernel rows make one up
  std::vector<std::string> warnings;         ///< about the file as a whole
  model::NullModel null_model = model::reference_null_model();  ///< of its family; not written
  std::string family{};     ///< of networks; empty of a TMM, whose untrained weights give about ½
  std::size_t planned = 0;  ///< operators to come, while they do (io/result/report_sink.hpp)
};

/// One run of `tmm analyze`: what every writer (table, JSON, CSV) prints, and all it needs for that.
struct AnalysisReport {
  std::string program_version;
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
  analysis::AnalyzeOptions options;
  std::string selection;         ///< of layers, as given; empty for all
  bool residual = false;         ///< the operators are I + T, not T
  bool assume_toeplitz = false;  ///< files that say that their weights are no operators are analysed as well
  std::optional<model::TapsRequest> taps;  ///< operators are rows of these arrays, not layers of a network
  std::size_t null_draws = 0;              ///< fresh layers in the null model; 0: none
  std::uint64_t seed = 0;                  ///< of the null model
  std::string left_out;                    ///< what of the operators is not there, in words; empty if all is
  std::vector<ModelReport> models;
};

/// Takes text piece by piece.
using TextSink = std::function<void(std::string_view)>;

/// The report without operators and layers, whose numbers become `planned`.
AnalysisReport frame_of(const AnalysisReport& report);

/// The report without operators.
AnalysisReport without_operators(const AnalysisReport& report);

/// The member "options" of the JSON report, on one line.
std::string options_json(const AnalysisReport& report);

/// The members "layers" of the JSON report.
std::string layers_json(const std::vector<analysis::LayerIndex>& layers, int depth);

/// Version of the JSON layout: raised when a field changes its meaning or goes, not when one is added.
inline constexpr int report_schema_version = 1;

/// Name and statement of every convention that the numbers depend on.
const std::vector<std::pair<std::string, std::string>>& report_conventions();

/// Whether arrays are written: taps, singular_values and the list of zeros; null where they are left out, as
/// in the page, which has them elsewhere.
enum class ReportArrays { written, left_out };

/// How every format writes what is not finite (analysis/base/measure.hpp has the rule for what may be):
///                          table, page    CSV         JSON                                     HDF5
///   an infinite quantity   inf, -inf       inf, -inf   NAME null and NAME_text "inf", "-inf"    ±∞
///   no value, no error     ?, -            empty       null                                     NaN
/// Errors and bounds are finite or absent.

/// The whole report as JSON text: one object with schema, program, conventions, options, models. Its grammar
/// is io/report/report.schema.json; read_report() reads it back.
std::string report_json(const AnalysisReport& report, ReportArrays arrays = ReportArrays::written);

/// The same text piece by piece, so that it need not be held: a document of thousands of operators is longer
/// than all that it is made of.
void write_report_json(const AnalysisReport& report, ReportArrays arrays, const TextSink& write);

/// A field of RFC 4180: quoted where a comma, a quote or a line break demands it. UTF-8 as the JSON is: file
/// names may have any bytes.
std::string csv_field(std::string_view bytes);

/// The flat measure table as CSV (RFC 4180, lines end in \n): a header, then one row for every measure of
/// every operator. The columns stay the same whatever is measured; at the end remarks are there where an
/// operator is not simply stored weights (operator_remarks.hpp), and warnings where a file has any.
std::string report_csv(const AnalysisReport& report);

/// `ids`, or the names of all measures in order of appearance where there are none. Throws ArgumentError for
/// one that no operator has.
std::vector<std::string> chosen_measures(const AnalysisReport& report, std::span<const std::string> ids);

/// One row for every operator: its fields, then ID, ID_error and ID_status of each of chosen_measures(ids),
/// ID_lower_bound and ID_upper_bound where some operator has only such a bound; remarks and warnings as
/// above.
std::string wide_csv(const AnalysisReport& report, std::span<const std::string> ids);

/// How the terminal table may look.
struct TableStyle {
  int width = 80;      ///< columns; no line is longer
  bool color = false;  ///< ANSI escape codes
};

/// The further tables of one model, each with a heading of its own and empty where there is nothing to show:
/// sections, standing in the null model, indices of whole layers.
std::string further_tables(const AnalysisReport& report, const ModelReport& model, std::size_t width);

/// The table for people: per model one line for every operator, what the marks mean, notes, a summary.
std::string report_table(const AnalysisReport& report, const TableStyle& style = {});

}  // namespace tmm::io
