// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string_view>

#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/operator_remarks.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::Status;

std::string number(double value) {
  return std::isnan(value) ? std::string() : format_shortest(value);
}

std::string optional_number(const std::optional<int>& value) {
  return value ? std::to_string(*value) : "";
}

std::string operator_fields(const model::LayerOperator& layer) {
  return csv_field(layer.name) + ',' + csv_field(layer.part) + ',' + std::to_string(layer.block) + ',' +
         optional_number(layer.head) + ',' + optional_number(layer.row) + ',' + optional_number(layer.stage) +
         ',' + std::string(name(layer.dtype)) + ',' + std::to_string(model::order(layer));
}

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

/// What every row of a report begins and ends with: file, program and operator; remarks and warnings where
/// any are.
class Rows {
 public:
  explicit Rows(const AnalysisReport& report)
      : version_(csv_field(report.program_version)),
        remarked_(has_remarks(report)),
        warned_(
            std::ranges::any_of(report.models, [](const ModelReport& m) { return !m.warnings.empty(); })) {}

  [[nodiscard]] std::string head(const std::string& columns) const {
    return "file,sha256,tmm_version,name,part,block,head,row,stage,dtype,n," + columns +
           (remarked_ ? ",remarks" : "") + (warned_ ? ",warnings\n" : "\n");
  }
  [[nodiscard]] std::string begin(const ModelReport& model, const analysis::OperatorReport& op) const {
    return csv_field(model.file) + ',' + model.sha256 + ',' + version_ + ',' + operator_fields(op.layer);
  }
  [[nodiscard]] std::string end(const ModelReport& model, const analysis::OperatorReport& op) const {
    return (remarked_ ? ',' + csv_field(joined(operator_remarks(op.layer))) : "") +
           (warned_ ? ',' + csv_field(joined(model.warnings)) : "") + '\n';
  }

 private:
  std::string version_;
  bool remarked_, warned_;
};

struct WideColumn {
  std::string id;
  bool lower, upper;  // whether some operator has only such a bound
};

bool any_bound(const AnalysisReport& report, const std::string& id, Measure::Bound side) {
  return std::ranges::any_of(report.models, [&](const ModelReport& model) {
    return std::ranges::any_of(model.operators, [&](const analysis::OperatorReport& op) {
      const Measure* m = op.find(id);
      return m != nullptr && m->status == Status::below_precision && m->bound == side;
    });
  });
}

/// ",value,error,status", and the bounds that its column has; empty where the operator has no such measure.
std::string wide_fields(const Measure* m, const WideColumn& column) {
  const bool known = m != nullptr && (m->status == Status::certified || m->status == Status::numerical);
  const auto bound = [&](Measure::Bound side) {
    return "," +
           (m != nullptr && m->status == Status::below_precision && m->bound == side ? number(m->value) : "");
  };
  return "," + (known ? number(m->value) : "") + "," + (known ? number(m->error) : "") + "," +
         (m != nullptr ? std::string(name(m->status)) : "") +
         (column.lower ? bound(Measure::Bound::lower) : "") +
         (column.upper ? bound(Measure::Bound::upper) : "");
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
  const Rows rows(report);
  std::string text = rows.head(
      "section,measure,value,status,error,lower_bound,upper_bound,method,null_mean,null_deviation,null_z_"
      "score,"
      "null_rank");
  for (const ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators) {
      const std::string place = rows.begin(model, op) + ',', end = rows.end(model, op);
      for (const auto& [id, measure] : op.measures)
        text += place + ',' + measure_fields(id, measure) + null_fields(op.null, id) + end;
      for (const analysis::Section& section : op.sections)
        for (const auto& [id, measure] : section.measures)
          text += place + std::to_string(section.length) + ',' + measure_fields(id, measure) +
                  null_fields({}, id) + end;
    }
  return text;
}

std::vector<std::string> chosen_measures(const AnalysisReport& report, std::span<const std::string> ids) {
  std::vector<std::string> known;
  for (const ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators)
      for (const analysis::NamedMeasure& named : op.measures)
        if (std::ranges::find(known, named.id) == known.end()) known.push_back(named.id);
  for (const std::string& id : ids)
    if (std::ranges::find(known, id) == known.end())
      throw ArgumentError("no operator has this measure", {"", "", "a name that the CSV has", id, ""});
  return ids.empty() ? known : std::vector<std::string>(ids.begin(), ids.end());
}

std::string wide_csv(const AnalysisReport& report, std::span<const std::string> ids) {
  const Rows rows(report);
  std::vector<WideColumn> columns;
  std::string head;
  for (const std::string& id : chosen_measures(report, ids)) {
    columns.push_back(
        {id, any_bound(report, id, Measure::Bound::lower), any_bound(report, id, Measure::Bound::upper)});
    head += (head.empty() ? "" : ",") + id + ',' + id + "_error," + id + "_status";
    if (columns.back().lower) head += ',' + id + "_lower_bound";
    if (columns.back().upper) head += ',' + id + "_upper_bound";
  }
  std::string text = rows.head(head);
  for (const ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators) {
      text += rows.begin(model, op);
      for (const WideColumn& column : columns) text += wide_fields(op.find(column.id), column);
      text += rows.end(model, op);
    }
  return text;
}

}  // namespace tmm::io
