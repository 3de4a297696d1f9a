// SPDX-License-Identifier: MIT
#include "io/report/cost_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "io/json/json_text.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::CostComparison, analysis::CostGroup, analysis::CostPoint, analysis::CostRun,
    analysis::GroupCosts, analysis::MeanInterval;

constexpr double mebibyte = 1 << 20;
constexpr std::size_t widest_name = 24;

/// The mean, and half of its interval with two digits: "1.575 ± 0.031".
std::string mean_text(const std::optional<MeanInterval>& mean, double unit = 1) {
  if (!mean) return "-";
  const double value = mean->mean / unit, half = mean->half() / unit;
  if (!std::isfinite(half) || half <= 1e-12 * std::abs(value)) return fmt::format("{:.4g}", value);
  const int decimals = 1 - static_cast<int>(std::floor(std::log10(half)));
  if (decimals > 6 || decimals < 0) return fmt::format("{:.4g} ± {:.2g}", value, half);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, half, decimals);
}

std::string number_text(const std::optional<MeanInterval>& mean, double unit = 1) {
  return mean ? fmt::format("{:.4g}", mean->mean / unit) : "-";
}

std::string parameters_text(const GroupCosts& costs) {
  if (costs.runs == 0 || costs.most_parameters == 0) return "-";
  if (costs.least_parameters == costs.most_parameters) return fmt::format("{:.0f}", costs.most_parameters);
  return fmt::format("{:.0f} … {:.0f}", costs.least_parameters, costs.most_parameters);
}

std::string shown(const std::string& name) {
  return shorten_middle(model::printable(name.empty() ? "all" : name), widest_name);
}

std::string joined(const std::vector<TextColumn>& columns) {
  std::string text;
  for (const std::string& line : layout_columns(columns)) text += line + "\n";
  return text;
}

/// What the runs of each group have cost, then what they have come to.
std::string groups_table(const CostPart& part, const CostComparison& costs) {
  TextColumn names{{"", ""}, true, {}};
  std::vector<TextColumn> cost{{{"", "runs"}, false, {}},
                               {{"", "parameters"}, false, {}},
                               {{"operations", "a run"}, false, {}},
                               {{"training", "seconds"}, false, {}},
                               {{"peak", "MiB"}, false, {}}};
  const auto at = [](const std::optional<double>& budget, const char* unit) {
    return budget ? fmt::format("at {:.3g}{}", *budget, unit) : std::string("-");
  };
  std::vector<TextColumn> loss{{{"loss", "at the end"}, false, {}},
                               {{"operations", at(costs.flops_budget, "")}, false, {}},
                               {{"time", at(costs.seconds_budget, " s")}, false, {}}};
  for (std::size_t i = 0; i < part.groups.size(); ++i) {
    const GroupCosts& g = costs.groups[i];
    names.cells.push_back(shown(part.groups[i].name));
    cost[0].cells.push_back(std::to_string(g.runs));
    cost[1].cells.push_back(parameters_text(g));
    cost[2].cells.push_back(number_text(g.flops));
    cost[3].cells.push_back(mean_text(g.seconds));
    cost[4].cells.push_back(mean_text(g.peak_bytes, mebibyte));
    loss[0].cells.push_back(mean_text(g.loss));
    loss[1].cells.push_back(mean_text(g.loss_at_flops));
    loss[2].cells.push_back(mean_text(g.loss_at_seconds));
  }
  cost.insert(cost.begin(), names);
  loss.insert(loss.begin(), names);
  return joined(cost) + "\n" + joined(loss);
}

std::string equal_parameters_text(const CostPart& part, const CostComparison& costs) {
  if (part.groups.size() < 2) return "";
  std::string sets;
  for (const auto& set : costs.equal_parameters) {
    std::string names;
    for (const std::size_t i : set) names += (names.empty() ? "" : ", ") + shown(part.groups[i].name);
    sets += (sets.empty() ? "" : "; ") + names;
  }
  const double percent = 100 * costs.tolerance;
  if (sets.empty())
    return fmt::format(
        "No two groups have equal parameters within {:.3g} %: losses at the end are not "
        "those of equal parameters.",
        percent);
  return fmt::format("Equal parameters within {:.3g} %: {}. Their losses at the end may be compared so.",
                     percent, sets);
}

std::string point_json(const CostPoint& point) {
  return fmt::format("[{},{},{},{},{}]", point.step, json_number(point.loss), json_number(point.flops),
                     json_number(point.seconds), json_number(point.peak_bytes));
}

std::string run_json(const CostRun& run) {
  std::string points;
  for (const CostPoint& point : run.points) points += (points.empty() ? "" : ",") + point_json(point);
  return json_line({{"name", json_string(run.name)},
                    {"parameters", json_number(run.parameters)},
                    {"points", "[" + points + "]"}});
}

std::string mean_json(const std::optional<MeanInterval>& mean) {
  if (!mean) return "null";
  return json_line({{"count", std::to_string(mean->count)},
                    {"mean", json_number(mean->mean)},
                    {"lower", json_number(mean->lower)},
                    {"upper", json_number(mean->upper)}});
}

std::string budget_json(const std::optional<double>& budget) {
  return budget ? json_number(*budget) : "null";
}

std::string part_json(const CostPart& part, int depth) {
  const CostComparison costs = analysis::compare_costs(part.groups);
  std::vector<std::string> groups, sets;
  for (std::size_t i = 0; i < part.groups.size(); ++i) {
    const GroupCosts& g = costs.groups[i];
    std::vector<std::string> runs;
    for (const CostRun& run : part.groups[i].runs) runs.push_back(run_json(run));
    groups.push_back(json_object({{"name", json_string(part.groups[i].name)},
                                  {"loss", mean_json(g.loss)},
                                  {"flops", mean_json(g.flops)},
                                  {"seconds", mean_json(g.seconds)},
                                  {"peak_bytes", mean_json(g.peak_bytes)},
                                  {"loss_at_flops", mean_json(g.loss_at_flops)},
                                  {"loss_at_seconds", mean_json(g.loss_at_seconds)},
                                  {"runs", json_array(runs, depth + 3)}},
                                 depth + 2));
  }
  for (const auto& set : costs.equal_parameters) sets.push_back(json_list(std::span(set)));
  return json_object({{"name", json_string(part.name)},
                      {"flops_budget", budget_json(costs.flops_budget)},
                      {"seconds_budget", budget_json(costs.seconds_budget)},
                      {"parameter_tolerance", json_number(costs.tolerance)},
                      {"equal_parameters", fmt::format("[{}]", fmt::join(sets, ", "))},
                      {"groups", json_array(groups, depth + 1)}},
                     depth);
}

}  // namespace

CostReport cost_report(std::vector<GroupedRun> runs) {
  CostReport report;
  std::vector<std::string> without_losses, without_costs;
  for (GroupedRun& run : runs) {
    if (run.run.points.empty())
      without_losses.push_back(run.run.name);
    else if (!std::isfinite(run.run.points.back().flops))
      without_costs.push_back(run.run.name);
    auto part = std::ranges::find(report.parts, run.trained_on, &CostPart::name);
    if (part == report.parts.end()) part = report.parts.insert(part, {run.trained_on, {}});
    auto group = std::ranges::find(part->groups, run.group, &CostGroup::name);
    if (group == part->groups.end()) group = part->groups.insert(group, {run.group, {}});
    group->runs.push_back(std::move(run.run));
  }
  const auto remark = [&](const std::vector<std::string>& names, const char* words) {
    if (names.empty()) return;
    report.remarks.push_back(fmt::format("{} of {} runs {}: {}{}.", names.size(), runs.size(), words,
                                         model::printable(names.front()),
                                         names.size() > 1 ? " and others" : ""));
  };
  remark(without_losses, "have no losses on validation data and are left out of tables of cost");
  remark(without_costs, "have no costs recorded, so there is no equal cost to compare them at");
  return report;
}

bool has_costs(const CostReport& report) {
  for (const CostPart& part : report.parts)
    for (const CostGroup& group : part.groups)
      for (const CostRun& run : group.runs)
        if (!run.points.empty() && std::isfinite(run.points.back().flops)) return true;
  return false;
}

std::string cost_table(const CostReport& report, std::size_t width) {
  std::string text;
  const bool known = has_costs(report);
  for (const CostPart& part : report.parts) {
    if (!known) break;
    const CostComparison costs = analysis::compare_costs(part.groups);
    if (!text.empty()) text += "\n";
    const std::string heading =
        "validation loss against cost" + (part.name.empty() ? "" : ": " + model::printable(part.name));
    text += wrap(heading, width, 2) + groups_table(part, costs);
    if (const std::string words = equal_parameters_text(part, costs); !words.empty())
      text += wrap(words, width, 2);
  }
  for (const std::string& remark : report.remarks) text += wrap("! " + remark, width, 2);
  if (!known) return text;
  return text +
         wrap(
             "mean ± half of a 95 % interval over runs (Student's t); operations: floating-point operations "
             "of training steps, of matrices and products over time alone; at: every run's losses, linear "
             "between the steps where they were measured, at the largest cost that all runs of the table "
             "reach; peak: the most memory of a process of the run, libraries and data included",
             width, 2);
}

std::string cost_json(const CostReport& report, int depth) {
  std::vector<std::string> parts, remarks;
  for (const CostPart& part : report.parts) parts.push_back(part_json(part, depth + 2));
  for (const std::string& remark : report.remarks) remarks.push_back(json_string(remark));
  return json_object({{"parts", json_array(parts, depth + 1)}, {"remarks", json_array(remarks, depth + 1)}},
                     depth);
}

}  // namespace tmm::io
