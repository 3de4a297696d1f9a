// SPDX-License-Identifier: MIT
#include "io/result/report_lines.hpp"

#include "io/json/json_text.hpp"
#include "io/report/operator_json.hpp"

namespace tmm::io {
namespace {

/// JSON without its line breaks; those within strings are escaped.
std::string on_one_line(std::string_view json) {
  std::string line;
  line.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] != '\n') {
      line += json[i];
      continue;
    }
    while (i + 1 < json.size() && json[i + 1] == ' ') ++i;
    if (line.ends_with(',')) line += ' ';
  }
  return line;
}

}  // namespace

void ReportLines::begin(const AnalysisReport& frame) {
  for (const ModelReport& model : frame.models)
    heads_.push_back("{\"file\": " + json_string(model.file) + ", \"sha256\": " + json_string(model.sha256) +
                     ", ");
}

void ReportLines::add(std::size_t model, std::size_t /*place*/, const analysis::OperatorReport& report) {
  const std::string object = on_one_line(operator_json(report, arrays_, 1));
  write_(heads_[model] + object.substr(1) + "\n");
}

void ReportLines::finish(const AnalysisReport& /*report*/) {}

}  // namespace tmm::io
