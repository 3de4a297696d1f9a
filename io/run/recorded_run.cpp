// SPDX-License-Identifier: MIT
#include "io/run/recorded_run.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/files/input_file.hpp"
#include "io/report/metrics_page.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/trained_parameters.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longest_result = std::uint64_t{16} << 20U;

/// Puts down what one file says of the model: its own run, or `of_another`, which has looked at it.
void add_outcomes(const std::string& path, bool of_another, std::map<std::string, double>& outcomes) {
  const InputFile file(path);
  if (file.size() > longest_result) throw FormatError("too large for a result", {path, "", "", "", ""});
  const auto json = nlohmann::json::parse(file.read(0, file.size()), nullptr, false);
  if (json.is_discarded()) throw FormatError("not JSON", {path, "", "a result of tmm", "", ""});
  const auto put = [&](const char* member, const std::string& key, const std::string& name) {
    if (!json.is_object() || !json.contains(member)) return;
    const auto& part = json.at(member);
    if (part.is_object() && part.contains(key) && part.at(key).is_number())
      outcomes[name] = part.at(key).get<double>();
  };
  if (json.is_object() && json.contains("task") && json.at("task").is_object())
    put("task", "accuracy", json.at("task").value("name", std::string("task")) + " accuracy");
  if (!of_another) return;
  put("retention", "bits_recovered", "bits recovered");
  if (json.is_object() && json.contains("jacobian") && json.at("jacobian").is_object() &&
      json.at("jacobian").value("outcomes", nlohmann::json()).is_object())
    for (const auto& [name, value] : json.at("jacobian").at("outcomes").items())
      if (value.is_number()) outcomes[name] = value.get<double>();
}

std::map<std::string, double> read_outcomes(const std::string& folder) {
  std::map<std::string, double> outcomes;
  std::error_code error;
  if (fs::is_regular_file(folder + "/result.json", error))
    add_outcomes(folder + "/result.json", false, outcomes);
  std::vector<std::string> files;
  for (fs::directory_iterator entry(folder + "/evaluations", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".json") files.push_back(entry->path().string());
  std::ranges::sort(files);
  for (const std::string& file : files) add_outcomes(file, true, outcomes);
  return outcomes;
}

/// Options that say what a loss is one of.
std::string trained_on(const std::vector<std::pair<std::string, std::string>>& configuration) {
  constexpr std::string_view keys[] = {"objective",  "task",      "pairs",  "distance",
                                       "remember",   "text",      "tokens", "dataset",
                                       "token-type", "ignore-id", "random", "vocabulary"};
  const auto value = [&](std::string_view key) {
    const auto found = std::ranges::find(configuration, key, [](const auto& entry) { return entry.first; });
    return found == configuration.end() ? std::string() : found->second;
  };
  std::string words;
  for (const std::string_view key : keys) {
    std::string text = value(key);
    std::erase(text, '"');
    if (!text.empty()) words += (words.empty() ? "" : ", ") + std::string(key) + " " + text;
  }
  // Of a task the length of its sequences is a part.
  if (const std::string context = value("context"); !value("task").empty()) words += ", context " + context;
  return words;
}

}  // namespace

RecordedRun read_recorded_run(const std::string& folder) {
  const MetricsTable table = read_metrics_table(folder + "/metrics.csv");
  const auto column = [&](const char* name) -> const std::vector<double>* {
    const auto found = std::ranges::find(table.columns, name, [](const auto& c) { return c.first; });
    return found == table.columns.end() ? nullptr : &found->second;
  };
  const auto *steps = column("step"), *losses = column("validation_loss"), *flops = column("flops"),
             *seconds = column("seconds"), *peak = column("peak_bytes");
  const auto at = [](const std::vector<double>* values, std::size_t i) {
    return values == nullptr ? std::numeric_limits<double>::quiet_NaN() : (*values)[i];
  };
  RecordedRun run{{}, trained_on(table.configuration), read_outcomes(folder)};
  const std::string model = folder + "/model.h5";
  run.costs.name = fs::path(folder).filename().string();
  const model::Architecture architecture = model::recognize(read_header(model).tensors, model);
  run.costs.parameters = static_cast<double>(model::trained_parameters(architecture));
  for (std::size_t i = 0; losses != nullptr && i < steps->size(); ++i)
    if (std::isfinite((*losses)[i]))
      run.costs.points.push_back(
          {static_cast<std::uint64_t>((*steps)[i]), (*losses)[i], at(flops, i), at(seconds, i), at(peak, i)});
  return run;
}

}  // namespace tmm::io
