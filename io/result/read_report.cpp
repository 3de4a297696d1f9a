// SPDX-License-Identifier: MIT
#include "io/result/read_report.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "io/files/file_form.hpp"
#include "io/files/input_file.hpp"
#include "io/files/memory_limit.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "io/json/json_cursor.hpp"
#include "io/json/json_document.hpp"
#include "io/report/taps_request.hpp"
#include "io/result/operator_datasets.hpp"
#include "io/result/read_operator.hpp"
#include "io/result/result_store.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Cursor = JsonCursor;

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

std::vector<analysis::LayerIndex> read_layers(const Cursor& at) {
  std::vector<analysis::LayerIndex> layers;
  at.each([&](const Cursor& layer) {
    layers.push_back({layer["part"].text(), layer["block"].integer<int>(),
                      layer["operators"].integer<std::size_t>(), read_measure(layer["fredholm_index"]),
                      read_measure(layer["condition_input_projection"]),
                      read_measure(layer["condition_output_projection"])});
  });
  return layers;
}

ModelReport read_model(const Cursor& at) {
  ModelReport model;
  model.file = at["file"].text();
  model.sha256 = at["sha256"].text();
  model.bytes = at["bytes"].integer<std::uint64_t>();
  model.architecture = at["architecture"].text();
  if (at.has("family")) model.family = at["family"].text();
  model.warnings = read_texts(at["warnings"]);
  model.layers = read_layers(at["layers"]);
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
  if (at.has("measures")) report.options.measures = read_texts(at["measures"]);
  report.options.published_winding = at.has("published_winding") && at["published_winding"].boolean();
  report.options.certify = at.has("certify") && at["certify"].boolean();
  if (at.has("pseudospectra")) {
    const Cursor grid = at["pseudospectra"];
    report.options.pseudospectra = {grid["columns"].integer<std::size_t>(),
                                    grid["rows"].integer<std::size_t>()};
  }
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
  if (at.has("left_out")) report.left_out = at["left_out"].text();
  at["models"].each([&](const Cursor& model) { report.models.push_back(read_model(model)); });
  return report;
}

std::string stored_text(const InputFile& file, const DatasetInfo& info) {
  const std::string& path = file.path();
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

/// How many operators each model will have.
std::vector<std::size_t> read_planned(const InputFile& file, std::size_t models) {
  constexpr std::int64_t most = 10'000'000;
  const Array<std::int64_t> planned = read_array<std::int64_t>(file, "planned_operators");
  std::vector<std::size_t> counts;
  for (const std::int64_t count : planned.values) {
    if (count < 0 || count > most) break;
    counts.push_back(static_cast<std::size_t>(count));
  }
  if (counts.size() != models || planned.shape.size() != 1)
    throw FormatError("not as tmm writes it",
                      {file.path(), "planned_operators", "a number of operators for each model", "", ""});
  return counts;
}

void read_layers(const InputFile& file, std::vector<ModelReport>& models) {
  std::vector<std::string> paths;
  for (std::size_t m = 0; m < models.size(); ++m)
    paths.push_back("models/" + std::to_string(m) + "/layers_json");
  const auto infos = hdf5::find_datasets(file, paths);
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (!infos[m]) continue;
    const auto document = parse_json_document(stored_text(file, *infos[m]), file.path());
    models[m].layers = read_layers(Cursor(file.path(), document));
  }
}

/// Of a file that was left while it was being changed (io/files/committed_file.hpp).
void require_no_journal(const std::string& path) {
  if (std::filesystem::exists(path + ".journal"))
    throw FileError("this result is being written, or its writer was stopped in the middle of that",
                    {path, "", "", "", "tmm analyze --resume with it mends it and goes on"});
}

/// Whether all of it stands in its JSON.
bool is_first_layout(const InputFile& file) {
  const auto attributes = read_attributes(file);
  const auto version = attributes.find("hdf5_schema_version");
  return version != attributes.end() && version->second == "1";
}

bool is_hdf5(const InputFile& file) {
  return file.read(0, hdf5_signature.size()) == hdf5_signature;
}

AnalysisReport read_hdf5(const InputFile& file) {
  if (is_first_layout(file)) return parse_report(stored_frame(file), file.path());
  std::vector<std::vector<analysis::OperatorReport>> operators;
  AnalysisReport report = read_store(file, [&](std::size_t model, StoredOperator&& stored) {
    operators.resize(std::max(operators.size(), model + 1));
    operators[model].push_back(std::move(stored.report));
  });
  for (std::size_t m = 0; m < operators.size(); ++m) report.models[m].operators = std::move(operators[m]);
  return report;
}

}  // namespace

std::string stored_frame(const InputFile& file) {
  return stored_text(file, hdf5::read_info(file, "report_json"));
}

AnalysisReport read_store(const InputFile& file,
                          const std::function<void(std::size_t model, StoredOperator&&)>& take) {
  require_no_journal(file.path());
  AnalysisReport report = parse_report(stored_frame(file), file.path());
  const auto attributes = read_attributes(file);
  const auto version = attributes.find("hdf5_schema_version");
  if (version == attributes.end() || version->second != std::to_string(report_hdf5_version))
    throw FormatError("a result of another layout",
                      {file.path(), "hdf5_schema_version", std::to_string(report_hdf5_version),
                       version == attributes.end() ? "none" : version->second, ""});
  const std::vector<std::size_t> planned = read_planned(file, report.models.size());
  std::vector<std::string> groups;
  std::vector<std::size_t> owner, found(planned.size());
  for (std::size_t m = 0; m < planned.size(); ++m)
    for (std::size_t k = 0; k < planned[m]; ++k) {
      groups.push_back("models/" + std::to_string(m) + "/operators/" + std::to_string(k));
      owner.push_back(m);
    }
  read_operators(file, groups, [&](std::size_t i, StoredOperator&& stored) {
    ++found[owner[i]];
    take(owner[i], std::move(stored));
  });
  read_layers(file, report.models);
  for (std::size_t m = 0; m < planned.size(); ++m) {
    report.models[m].planned = planned[m];
    if (found[m] < planned[m])
      report.models[m].warnings.push_back("The analysis was not finished: " + std::to_string(found[m]) +
                                          " of " + std::to_string(planned[m]) + " operators.");
  }
  return report;
}

AnalysisReport parse_report(const std::string& json, const std::string& file) {
  const auto document = parse_json_document(json, file);
  AnalysisReport report = read_document(Cursor(file, document));
  if (report_json(report) != json) require_same(document, report, file);
  return report;
}

bool is_report(const InputFile& file) {
  if (file.read(0, 64).find("\"tmm.analysis\"") != std::string::npos) return true;
  if (!is_hdf5(file)) return false;
  const auto attributes = read_attributes(file);
  const auto schema = attributes.find("schema");
  return schema != attributes.end() && schema->second == "tmm.analysis";
}

AnalysisReport read_report(const std::string& path) {
  const InputFile file(path);
  if (is_hdf5(file)) return read_hdf5(file);
  if (const auto form = foreign_form(file))
    throw FormatError("not a result of tmm analyze",
                      {path, "", "JSON or HDF5 that it has saved", form->name, form->advice});
  require_memory(file.size() * json_document_factor, path);
  return parse_report(file.read(0, file.size()), path);
}

AnalysisReport read_report(const std::string& path,
                           const std::function<void(std::size_t model, analysis::OperatorReport&&)>& take) {
  {
    const InputFile file(path);
    if (is_hdf5(file) && !is_first_layout(file))
      return read_store(
          file, [&](std::size_t model, StoredOperator&& stored) { take(model, std::move(stored.report)); });
  }
  AnalysisReport report = read_report(path);
  for (std::size_t m = 0; m < report.models.size(); ++m)
    for (analysis::OperatorReport& op : report.models[m].operators) take(m, std::move(op));
  return without_operators(report);
}

}  // namespace tmm::io
