// SPDX-License-Identifier: MIT
#include "io/report/metrics_page.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <sstream>

#include "io/checkpoint/sha256.hpp"
#include "io/files/input_file.hpp"
#include "io/json/json_text.hpp"
#include "io/report/report_html.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t maximum_bytes = std::uint64_t{64} << 20U;
constexpr std::size_t maximum_columns = 4096;
constexpr std::size_t longest_remark = 4000;
constexpr std::uint64_t longest_configuration = 1U << 16U;

/// Fields of one line; quotes as RFC 4180 has them, but no line breaks inside.
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> found{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      found.back() += line[++i];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      found.emplace_back();
    else if (line[i] != '\r')
      found.back() += line[i];
  }
  return found;
}

/// Keys and values of the config.toml that `tmm train` writes beside its metrics: one a line. Other TOML may
/// stand there too; its lines are shown as they are.
std::vector<std::pair<std::string, std::string>> configuration_beside(const std::filesystem::path& metrics) {
  std::vector<std::pair<std::string, std::string>> found;
  const std::filesystem::path path = metrics.parent_path() / "config.toml";
  std::error_code ignored;
  if (metrics.filename() != "metrics.csv" || !std::filesystem::is_regular_file(path, ignored)) return found;
  const InputFile file(path.string());
  std::istringstream lines(file.read(0, std::min<std::uint64_t>(file.size(), longest_configuration)));
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" \t"), equals = line.find('=');
    if (begin == std::string::npos || line[begin] == '#') continue;
    if (line[begin] == '[') {
      table = line.substr(begin + 1, line.find(']') - begin - 1) + ".";
    } else if (equals != std::string::npos) {
      const std::size_t value = line.find_first_not_of(" \t", equals + 1);
      const std::string key = line.substr(begin, line.find_last_not_of(" \t=", equals) + 1 - begin);
      found.emplace_back(table + key, value == std::string::npos ? "" : line.substr(value));
    }
  }
  return found;
}

}  // namespace

MetricsTable read_metrics_table(const std::string& path) {
  const InputFile file(path);
  if (file.size() > maximum_bytes)
    throw FormatError("too large for the metrics of a training run", {path, "", "", "", ""});
  const std::string text = file.read(0, file.size());
  std::istringstream lines(text);
  MetricsTable metrics{path, {}, {}, sha256(text), configuration_beside(path)};
  std::string line;
  std::string latest;  // a continued run may have written its first row again
  std::size_t step = 0;
  bool remarked = false;  // the last column is text
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::vector<std::string> row = fields(line);
    const std::string place = "line " + std::to_string(number);
    if (number == 1) {
      step = static_cast<std::size_t>(std::ranges::find(row, "step") - row.begin());
      if (row.size() > maximum_columns || step == row.size())
        throw FormatError("not the metrics of a training run",
                          {path, place, "a column \"step\"", line.substr(0, 60), ""});
      remarked = row.size() > 1 && row.back() == "remarks";
      for (const std::string& name : row) metrics.columns.push_back({name.substr(0, 200), {}});
      if (remarked) metrics.columns.pop_back();
      continue;
    }
    if (row.size() != metrics.columns.size() + (remarked ? 1 : 0))
      throw FormatError("wrong number of fields",
                        {path, place, std::to_string(metrics.columns.size() + (remarked ? 1 : 0)),
                         std::to_string(row.size()), ""});
    if (remarked && metrics.remarks.empty() && !row.back().empty())
      metrics.remarks.push_back(row.back().substr(0, longest_remark));
    if (row[step] == latest) continue;
    latest = row[step];
    for (std::size_t i = 0; i < metrics.columns.size(); ++i) {
      double value = std::numeric_limits<double>::quiet_NaN();
      const char* end = row[i].data() + row[i].size();
      const auto parsed = std::from_chars(row[i].data(), end, value);
      const bool unknown = row[i].empty() || row[i] == "undecided" || row[i] == "not-fredholm";
      if (!unknown && (parsed.ec != std::errc() || parsed.ptr != end))
        throw FormatError("not a number", {path, place, metrics.columns[i].first, row[i].substr(0, 60), ""});
      metrics.columns[i].second.push_back(value);
    }
  }
  if (metrics.columns.empty()) throw FormatError("the file is empty", {path, "", "", "", ""});
  return metrics;
}

std::string metrics_html(const MetricsTable& metrics, const std::string& program_version) {
  std::string columns;
  for (const auto& [name, values] : metrics.columns) {
    std::string list;
    for (const double value : values) list += (list.empty() ? "" : ",") + json_number(value);
    columns += (columns.empty() ? "[" : ", [") + json_string(name) + ", [" + list + "]]";
  }
  JsonMembers members{
      {"program", json_line({{"name", "\"tmm\""}, {"version", json_string(program_version)}})},
      {"file", json_string(metrics.file)},
      {"columns", "[" + columns + "]"}};
  if (!metrics.sha256.empty()) members.emplace_back("sha256", json_string(metrics.sha256));
  JsonMembers configuration;
  for (const auto& [key, value] : metrics.configuration) configuration.emplace_back(key, json_string(value));
  if (!configuration.empty()) members.emplace_back("configuration", json_line(configuration));
  if (!metrics.remarks.empty()) members.emplace_back("remarks", json_list(metrics.remarks));
  std::vector<std::pair<std::string, std::string>> data{{"training", json_line(members)}};
  auto steps = step_elements(metrics.curves, 0);
  std::ranges::move(steps, std::back_inserter(data));
  return page_html(data);
}

}  // namespace tmm::io
