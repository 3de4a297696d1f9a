// SPDX-License-Identifier: MIT
#include "io/report/read_report.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "io/files/file_form.hpp"
#include "io/files/input_file.hpp"
#include "io/files/memory_limit.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "io/json/json_cursor.hpp"
#include "io/json/json_document.hpp"
#include "io/report/read_operator.hpp"
#include "io/report/taps_request.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Cursor = JsonCursor;

ModelReport read_model(const Cursor& at) {
  ModelReport model;
  model.file = at["file"].text();
  model.sha256 = at["sha256"].text();
  model.bytes = at["bytes"].integer<std::uint64_t>();
  model.architecture = at["architecture"].text();
  if (at.has("family")) model.family = at["family"].text();
  model.warnings = read_texts(at["warnings"]);
  at["layers"].each([&](const Cursor& layer) {
    model.layers.push_back({layer["part"].text(), layer["block"].integer<int>(),
                            layer["operators"].integer<std::size_t>(), read_measure(layer["fredholm_index"]),
                            read_measure(layer["condition_input_projection"]),
                            read_measure(layer["condition_output_projection"])});
  });
  at["operators"].each([&](const Cursor& op) { model.operators.push_back(read_operator(op)); });
  return model;
}

void read_options(const Cursor& at, AnalysisReport& report) {
  using analysis::SpectrumChoice;
  const Cursor selection = at["layers"];
  if (!selection.is_null()) report.selection = selection.text();
  report.options.spectrum = at["spectrum"].one_of(
      {SpectrumChoice::automatic, SpectrumChoice::full, SpectrumChoice::extreme, SpectrumChoice::none});
  report.options.zeros = at["zeros"].boolean();
  report.residual = at["residual"].boolean();
  report.assume_toeplitz = at.has("assume_toeplitz") && at["assume_toeplitz"].boolean();
  report.null_draws = at["null_draws"].integer<std::size_t>();
  report.seed = at["seed"].integer<std::uint64_t>();
  at["sections"].each([&](const Cursor& m) { report.options.sections.push_back(m.integer<std::size_t>()); });
  at["thresholds"].each([&](const Cursor& tau) { report.options.thresholds.push_back(tau.number()); });
  if (at.has("absolute_thresholds"))
    at["absolute_thresholds"].each(
        [&](const Cursor& tau) { report.options.absolute_thresholds.push_back(tau.number()); });
  report.options.published_winding = at.has("published_winding") && at["published_winding"].boolean();
  if (at.has("taps")) report.taps = read_taps(at["taps"]);
  report.options.winding.max_bits = at["max_bits"].integer<int>();
  report.options.winding.max_extended = at["max_extended"].number();
  report.options.winding.margin_tightness = at["margin_tightness"].number();
}

/// What stands in a file may be true and not what tmm writes: a summary of other operators, a field whose
/// meaning is not known here. The first such place is named. Wording of the conventions may change.
void require_same(const JsonCursor::Json& found, const AnalysisReport& report, const std::string& file) {
  auto rewritten = parse_json_document(report_json(report), file);
  auto given = found;
  given.erase("conventions");
  rewritten.erase("conventions");
  const std::string place = first_difference(given, rewritten);
  if (!place.empty())
    throw FormatError("not as tmm writes it",
                      {file, place, "", "", "The file was changed, or comes from another version of tmm"});
}

AnalysisReport read_document(const Cursor& at) {
  if (!at.has("schema")) at.fail("the JSON of tmm analyze");
  if (at["schema"].text() != "tmm.analysis") at["schema"].fail("tmm.analysis");
  if (at["schema_version"].integer<int>() != report_schema_version)
    at["schema_version"].fail(std::to_string(report_schema_version));
  AnalysisReport report;
  const Cursor program = at["program"];
  report.program_version = program["version"].text();
  program["libraries"].each_member([&](const std::string& library, const Cursor& version) {
    report.libraries.emplace_back(library, version.text());
  });
  read_options(at["options"], report);
  at["models"].each([&](const Cursor& model) { report.models.push_back(read_model(model)); });
  return report;
}

/// What write_report_hdf5 put into "report_json".
std::string embedded_json(const InputFile& file) {
  const std::string& path = file.path();
  const DatasetInfo info = hdf5::read_info(file, "report_json");
  if (info.element != Element::unsigned_integer || info.element_size != 1 || info.shape.size() != 1)
    throw FormatError("not a result of tmm analyze",
                      {path, info.path, "bytes (uint8) in a row", info.type, ""});
  require_memory(info.bytes() * json_document_factor, path);
  std::string json;
  hdf5::read_values(file, {&info, 1}, [&](std::size_t) {
    json.resize(info.bytes());
    return std::as_writable_bytes(std::span(json));
  });
  return json;
}

}  // namespace

AnalysisReport parse_report(const std::string& json, const std::string& file) {
  const auto document = parse_json_document(json, file);
  AnalysisReport report = read_document(Cursor(file, document));
  if (report_json(report) != json) require_same(document, report, file);
  return report;
}

AnalysisReport read_report(const std::string& path) {
  const InputFile file(path);
  constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";
  if (file.read(0, hdf5_signature.size()) == hdf5_signature) return parse_report(embedded_json(file), path);
  if (const auto form = foreign_form(file))
    throw FormatError("not a result of tmm analyze",
                      {path, "", "JSON or HDF5 that it has saved", form->name, form->advice});
  require_memory(file.size() * json_document_factor, path);
  return parse_report(file.read(0, file.size()), path);
}

}  // namespace tmm::io
