// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "io/report/comparison_report.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::Distribution, analysis::MeasureComparison, analysis::TrajectoryBand;

constexpr std::size_t most_trajectory_rows = 12;

std::string p_text(double p) {
  if (p >= 0.001) return fmt::format("{:.3f}", p);
  return p < 1e-99 ? "<1e-99" : fmt::format("{:.0e}", p);
}

std::string signed_text(double x) {
  const std::string text = fmt::format("{:+.2f}", x);
  return text == "-0.00" ? "+0.00" : text;
}

std::string heading(const ComparisonGroup& group, std::size_t width) {
  std::size_t operators = 0;
  std::set<std::size_t> lengths;
  for (const ModelReport& model : group.models) {
    operators += model.operators.size();
    for (const auto& report : model.operators) lengths.insert(model::order(report.layer));
  }
  const auto plural = [](std::size_t count) { return count == 1 ? "" : "s"; };
  std::string text = fmt::format("{}: {} model{}, {} operator{}{}\n", group.name, group.models.size(),
                                 plural(group.models.size()), operators, plural(operators),
                                 lengths.empty() ? "" : fmt::format(", n = {}", fmt::join(lengths, ", ")));
  for (const ModelReport& model : group.models)
    text += "  " + shorten_middle(model::printable(model.file), width - 2) + "\n";
  return text;
}

std::string joined(const std::vector<TextColumn>& columns, std::size_t width) {
  const std::size_t gap = layout_width(columns, 2) > width ? 1 : 2;
  std::string text;
  for (const std::string& line : layout_columns(columns, gap)) text += line + "\n";
  return text;
}

/// One row for every measure that the table shows.
std::string statistics_table(const ComparisonReport& report, std::size_t width) {
  const bool models = std::ranges::any_of(report.comparison.measures,
                                          [](const auto& measure) { return measure.by_model.has_value(); });
  std::vector<TextColumn> columns{
      {{"", "measure"}, true, {}},
      {{"median", report.a.name}, false, {}},
      {{"median", report.b.name}, false, {}},
      {{"Cliff's", "delta"}, false, {}},
      {{"", fmt::format("{:.0f} % interval", 100 * report.comparison.options.confidence)}, false, {}},
      {{"p over", "operators"}, false, {}}};
  columns.push_back({{"Holm's", "p"}, false, {}});
  if (models) columns.push_back({{"p over", "models"}, false, {}});
  for (const MeasureComparison& m : report.comparison.measures) {
    if (std::ranges::find(report.shown, m.id) == report.shown.end()) continue;
    columns[0].cells.push_back(m.id);
    columns[1].cells.push_back(format_number(m.a.distribution.median, m.a.median_error));
    columns[2].cells.push_back(format_number(m.b.distribution.median, m.b.median_error));
    columns[3].cells.push_back(signed_text(m.effect.delta));
    columns[4].cells.push_back(
        fmt::format("{} … {}", signed_text(m.effect.lower), signed_text(m.effect.upper)));
    columns[5].cells.push_back(p_text(m.by_operator.p_value));
    columns[6].cells.push_back(std::isnan(m.adjusted_p_value) ? "-" : p_text(m.adjusted_p_value));
    if (models) columns[7].cells.push_back(m.by_model ? p_text(m.by_model->p_value) : "-");
  }
  return joined(columns, width);
}

std::string layers(const ComparisonReport& report, std::size_t width) {
  const auto& measures = report.comparison.measures;
  const auto fraction = std::ranges::find(measures, "winding_fraction", &MeasureComparison::id);
  if (fraction == measures.end()) return "";
  std::vector<TextColumn> columns{{{"", "layer"}, true, {}},
                                  {{"N/(n-1)", report.a.name}, false, {}},
                                  {{"N/(n-1)", report.b.name}, false, {}}};
  for (const analysis::LayerComparison& layer : fraction->layers) {
    columns[0].cells.push_back(shorten_middle(model::printable(layer.layer), 24));
    columns[1].cells.push_back(layer.a ? range_text(*layer.a) : "-");
    columns[2].cells.push_back(layer.b ? range_text(*layer.b) : "-");
  }
  return "\nN/(n-1) by layer: median over models (least … largest)\n" + joined(columns, width);
}

std::string band_text(const std::vector<TrajectoryBand>& bands, std::uint64_t step) {
  const auto band = std::ranges::find(bands, step, &TrajectoryBand::step);
  return band == bands.end() ? "-" : range_text(band->fraction);
}

/// Which losses of a group's trajectories a table has room for: those of validation, where there are any.
std::string loss_of(const ComparisonGroup& group) {
  for (const char* name : {"validation_loss", "train_loss"})
    if (std::ranges::any_of(group.trajectories, [&](const auto& t) { return t.logged.contains(name); }))
      return name;
  return "";
}

/// Median over trajectories of the last loss logged up to `step`.
std::string loss_text(const ComparisonGroup& group, const std::string& name, std::uint64_t step) {
  std::vector<double> losses;
  for (const analysis::Trajectory& trajectory : group.trajectories) {
    const auto column = trajectory.logged.find(name);
    if (column == trajectory.logged.end()) continue;
    const auto next = column->second.upper_bound(step);
    if (next == column->second.begin()) continue;
    if (const double loss = std::prev(next)->second; std::isfinite(loss)) losses.push_back(loss);
  }
  return losses.empty() ? "-" : fmt::format("{:.4g}", Distribution::of(std::move(losses)).median);
}

std::string trajectories(const ComparisonReport& report, std::size_t width) {
  const auto a = analysis::bands(report.a.trajectories), b = analysis::bands(report.b.trajectories);
  std::set<std::uint64_t> all;
  for (const auto* group : {&a, &b})
    for (const TrajectoryBand& band : *group) all.insert(band.step);
  if (all.empty()) return "";
  const std::vector<std::uint64_t> steps(all.begin(), all.end());
  const std::size_t rows = std::min(steps.size(), most_trajectory_rows);
  std::vector<TextColumn> columns{{{"", "step"}, false, {}},
                                  {{"N/(n-1)", report.a.name}, false, {}},
                                  {{"N/(n-1)", report.b.name}, false, {}}};
  std::vector<std::pair<const ComparisonGroup*, std::string>> losses;
  for (const ComparisonGroup* group : {&report.a, &report.b})
    if (const std::string name = loss_of(*group); !name.empty()) {
      losses.emplace_back(group, name);
      columns.push_back({{name == "train_loss" ? "train loss" : "valid. loss", group->name}, false, {}});
    }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t step = steps[rows == 1 ? 0 : i * (steps.size() - 1) / (rows - 1)];
    columns[0].cells.push_back(std::to_string(step));
    columns[1].cells.push_back(band_text(a, step));
    columns[2].cells.push_back(band_text(b, step));
    for (std::size_t k = 0; k < losses.size(); ++k)
      columns[3 + k].cells.push_back(loss_text(*losses[k].first, losses[k].second, step));
  }
  return std::string("\nN/(n-1) by training step: median over operators (least … largest)") +
         (losses.empty() ? "\n" : "; latest loss\n") + joined(columns, width);
}

std::string notes_of(const ComparisonReport& report, std::size_t width) {
  std::string text;
  for (const MeasureComparison& m : report.comparison.measures) {
    if (std::ranges::find(report.shown, m.id) == report.shown.end()) continue;
    if (m.a.not_numbers + m.b.not_numbers > 0)
      text += wrap(fmt::format("! {}: no number for {} operators of {} and {} of {}; they are left out.",
                               m.id, m.a.not_numbers, report.a.name, m.b.not_numbers, report.b.name),
                   width, 2);
    if (m.unresolved_pairs > 0)
      text += wrap(fmt::format("! {}: the order of {} of {} pairs is within their errors.", m.id,
                               m.unresolved_pairs, m.a.values.size() * m.b.values.size()),
                   width, 2);
  }
  for (const std::string& warning : report.comparison.warnings) text += wrap("! " + warning, width, 2);
  for (const auto& [id, operators] : report.comparison.not_compared)
    text +=
        wrap(fmt::format("! {}: beyond the range of double in {} operator{}, so not compared: log10_{} is.",
                         id, operators, operators == 1 ? "" : "s", id),
             width, 2);
  return text;
}

/// What its columns mean, where the groups are called `a` and `b`.
std::string legend(const ComparisonReport& report, const std::string& a, const std::string& b,
                   std::size_t width) {
  std::vector<std::string> adjusted;
  for (const MeasureComparison& m : report.comparison.measures)
    if (!std::isnan(m.adjusted_p_value)) adjusted.push_back(m.id);
  return wrap(fmt::format("delta = P({0} > {1}) - P({0} < {1}) over pairs of operators; p: two-sided "
                          "Mann-Whitney tests; Holm's p: over operators, adjusted for {2} measures together "
                          "({3}).",
                          a, b, adjusted.size(), fmt::join(adjusted, ", ")),
              width, 2);
}

}  // namespace

std::string range_text(const Distribution& d) {
  if (d.count == 1) return fmt::format("{:.3f}", d.median);
  return fmt::format("{:.3f} ({:.3f} … {:.3f})", d.median, d.minimum, d.maximum);
}

std::string comparison_statistics(const ComparisonReport& report, const TableStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  return statistics_table(report, width) + notes_of(report, width);
}

std::string comparison_legend(const ComparisonReport& report, const TableStyle& style) {
  return legend(report, "first", "second", static_cast<std::size_t>(style.width));
}

std::string comparison_table(const ComparisonReport& report, const TableStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  std::string text = heading(report.a, width) + heading(report.b, width) + "\n";
  const bool measured = !report.comparison.measures.empty();  // of attention there are costs alone
  if (measured)
    text += statistics_table(report, width) + layers(report, width) + trajectories(report, width) + "\n";
  for (const std::string& part : {has_costs(report.costs) ? cost_table(report.costs, width) : std::string(),
                                  correlation_table(report.correlations, width)})
    if (!part.empty()) text += part + "\n";
  text += notes_of(report, width);
  return measured ? text + legend(report, report.a.name, report.b.name, width) : text;
}

}  // namespace tmm::io
