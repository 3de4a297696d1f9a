// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string_view>

#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/operator_remarks.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::Status;

std::string number(double value) {
  return std::isnan(value) ? std::string() : format_shortest(value);
}

std::string optional_number(const std::optional<int>& value) {
  return value ? std::to_string(*value) : "";
}

}  // namespace

std::string operator_fields(const model::LayerOperator& layer) {
  return csv_field(layer.name) + ',' + csv_field(layer.part) + ',' + std::to_string(layer.block) + ',' +
         optional_number(layer.head) + ',' + optional_number(layer.row) + ',' + optional_number(layer.stage) +
         ',' + std::string(name(layer.dtype)) + ',' + std::to_string(model::order(layer));
}

namespace {

/// Columns null_mean … null_rank; empty without a null model.
std::string null_fields(const std::vector<analysis::NullComparison>& all, const std::string& id) {
  const auto found = std::ranges::find(all, id, &analysis::NullComparison::id);
  if (found == all.end()) return ",,,,";
  return ',' + number(found->mean) + ',' + number(found->deviation) + ',' +
         (found->z_score ? number(*found->z_score) : "") + ',' + number(found->rank);
}

/// A bound is never in the column "value".
std::string measure_fields(const std::string& id, const Measure& measure) {
  const bool bound_only = measure.status == Status::below_precision;
  const bool has_error = measure.status == Status::certified || measure.status == Status::numerical;
  const auto bound = [&](Measure::Bound side) {
    return bound_only && measure.bound == side ? number(measure.value) : std::string();
  };
  return csv_field(id) + ',' + (bound_only ? "" : number(measure.value)) + ',' +
         std::string(name(measure.status)) + ',' + (has_error ? number(measure.error) : "") + ',' +
         bound(Measure::Bound::lower) + ',' + bound(Measure::Bound::upper) + ',' + csv_field(measure.method);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) line += (line.empty() ? "" : " ") + text;
  return line;
}

bool has_remarks(const AnalysisReport& report) {
  return std::ranges::any_of(report.models, [](const ModelReport& model) {
    return std::ranges::any_of(model.operators, [](const analysis::OperatorReport& op) {
      return !operator_remarks(op.layer).empty();
    });
  });
}

}  // namespace

std::string csv_field(std::string_view bytes) {
  const std::string text = as_utf8(bytes);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string report_csv(const AnalysisReport& report) {
  const bool warned =
      std::ranges::any_of(report.models, [](const ModelReport& model) { return !model.warnings.empty(); });
  std::string text =
      "file,sha256,tmm_version,name,part,block,head,row,stage,dtype,n,section,measure,value,status,error,"
      "lower_bound,"
      "upper_bound,method,null_mean,null_deviation,null_z_score,null_rank";
  const bool remarked = has_remarks(report);
  if (remarked) text += ",remarks";
  text += warned ? ",warnings\n" : "\n";
  for (const ModelReport& model : report.models) {
    const std::string file =
        csv_field(model.file) + ',' + model.sha256 + ',' + csv_field(report.program_version) + ',';
    const std::string warnings = (warned ? ',' + csv_field(joined(model.warnings)) : "") + '\n';
    for (const analysis::OperatorReport& op : model.operators) {
      const std::string end =
          (remarked ? ',' + csv_field(joined(operator_remarks(op.layer))) : "") + warnings;
      const std::string place = file + operator_fields(op.layer) + ',';
      for (const auto& [id, measure] : op.measures)
        text += place + ',' + measure_fields(id, measure) + null_fields(op.null, id) + end;
      for (const analysis::Section& section : op.sections)
        for (const auto& [id, measure] : section.measures)
          text += place + std::to_string(section.length) + ',' + measure_fields(id, measure) +
                  null_fields({}, id) + end;
    }
  }
  return text;
}

}  // namespace tmm::io
