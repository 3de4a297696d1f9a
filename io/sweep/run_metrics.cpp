// SPDX-License-Identifier: MIT
#include "io/sweep/run_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "io/report/metrics_page.hpp"

namespace tmm::io {
namespace {

constexpr std::string_view winding_column = "winding_";
constexpr std::size_t most_numbers = 12;  // in a summary

std::map<std::uint64_t, double> by_step(const std::vector<double>& steps, const std::vector<double>& values) {
  std::map<std::uint64_t, double> known;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (std::isfinite(values[i])) known.emplace(static_cast<std::uint64_t>(steps[i]), values[i]);
  return known;
}

}  // namespace

const std::map<std::uint64_t, double>& RunMetrics::losses() const {
  return validation_loss.empty() ? train_loss : validation_loss;
}

const char* RunMetrics::loss_name() const {
  return validation_loss.empty() ? "train loss" : "validation loss";
}

RunMetrics read_run_metrics(const std::string& folder) {
  const MetricsTable table = read_metrics_table(folder + "/metrics.csv");
  RunMetrics metrics;
  std::vector<const std::vector<double>*> windings;
  const std::vector<double>& steps =
      std::ranges::find(table.columns, "step", [](const auto& column) { return column.first; })->second;
  for (const auto& [name, values] : table.columns) {
    if (name == "train_loss") metrics.train_loss = by_step(steps, values);
    if (name == "validation_loss") metrics.validation_loss = by_step(steps, values);
    if (!name.starts_with(winding_column)) continue;
    metrics.layers.push_back(name.substr(winding_column.size()));
    windings.push_back(&values);
  }
  metrics.windings.resize(windings.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (std::ranges::none_of(windings, [i](const auto* values) { return std::isfinite((*values)[i]); }))
      continue;
    metrics.steps.push_back(static_cast<std::uint64_t>(steps[i]));
    for (std::size_t k = 0; k < windings.size(); ++k) metrics.windings[k].push_back((*windings[k])[i]);
  }
  return metrics;
}

std::string summary(const RunMetrics& metrics) {
  std::string text;
  if (!metrics.losses().empty())
    text = fmt::format("{} {:.4g}", metrics.loss_name(), metrics.losses().rbegin()->second);
  if (metrics.steps.empty()) return text;
  text += text.empty() ? "N" : ", N";
  for (std::size_t k = 0; k < std::min(metrics.layers.size(), most_numbers); ++k) {
    const double number = metrics.windings[k].back();
    text += std::isfinite(number) ? fmt::format(" {:.0f}", number) : " ?";
  }
  if (metrics.layers.size() > most_numbers) text += fmt::format(" … of {}", metrics.layers.size());
  return text;
}

}  // namespace tmm::io
