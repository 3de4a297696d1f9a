// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <optional>
#include <string_view>

#include "analysis/statistics/summary.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/operator_remarks.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::IndexStatus, analysis::Measure, analysis::OperatorReport, analysis::Status;

constexpr std::size_t widest_label = 20, narrowest_label = 6;

/// A measure that has a column of its own; the later ones only where the width leaves room.
struct MeasureColumn {
  std::string_view id;
  std::string_view heading[2];
  std::string_view legend;                         ///< how the column is called below the table
  enum Proof { never, on_request, always } proof;  ///< what its numbers have, except those marked ~

  /// `certify`: whether proofs were asked for.
  [[nodiscard]] bool proven(bool certify) const {
    return proof == always || (certify && proof == on_request);
  }
};

constexpr std::size_t always = 7;  // of them
constexpr std::array<MeasureColumn, 14> measure_columns{{
    {"winding_number", {"", "N"}, "N", MeasureColumn::always},
    {"winding_fraction", {"", "N/(n-1)"}, "N/(n-1)", MeasureColumn::always},
    {"index_margin", {"", "margin"}, "margin (a lower bound of min|a|)", MeasureColumn::always},
    {"jensen_defect", {"Jensen", "defect"}, "Jensen defect", MeasureColumn::on_request},
    {"sigma_max", {"", "σ_max"}, "σ_max", MeasureColumn::on_request},
    {"log10_sigma_min", {"log10", "σ_min"}, "log10 σ_min", MeasureColumn::on_request},
    {"effective_index_float32",
     {"index at", "float32"},
     "effective index at float32",
     MeasureColumn::on_request},
    {"index_radius", {"index", "radius"}, "index radius (a lower bound)", MeasureColumn::always},
    {"index_margin_relative",
     {"relative", "margin"},
     "relative margin (a lower bound)",
     MeasureColumn::always},
    {"smallest_zero", {"smallest", "zero"}, "smallest zero", MeasureColumn::never},
    {"log10_condition", {"log10", "condition"}, "log10 condition", MeasureColumn::on_request},
    {"stable_rank", {"stable", "rank"}, "stable rank", MeasureColumn::on_request},
    {"effective_rank", {"effective", "rank"}, "effective rank", MeasureColumn::on_request},
    {"avram_parter_distance",
     {"distance", "to |a|"},
     "Kolmogorov-Smirnov distance to |a|",
     MeasureColumn::never},
}};

/// ANSI attributes around whole lines, or nothing.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}
  [[nodiscard]] std::string bold(const std::string& text) const { return paint("1", text); }
  [[nodiscard]] std::string dim(const std::string& text) const { return paint("2", text); }
  [[nodiscard]] std::string alert(const std::string& text) const { return paint("33", text); }

 private:
  [[nodiscard]] std::string paint(const char* code, std::string text) const {
    if (!color_) return text;
    const bool line = text.ends_with('\n');
    if (line) text.pop_back();
    return fmt::format("\033[{}m{}\033[0m{}", code, text, line ? "\n" : "");
  }
  bool color_;
};

bool has_column(const ModelReport& model, std::string_view id) {
  return std::ranges::any_of(model.operators, [&](const auto& report) { return report.find(id) != nullptr; });
}

TextColumn label_column(const ModelReport& model) {
  TextColumn column{{"", "layer"}, true, {}};
  for (const OperatorReport& report : model.operators)
    column.cells.push_back(shorten_middle(model::printable(model::layer_label(report.layer)), widest_label));
  return column;
}

struct FittedTable {
  std::vector<TextColumn> columns;
  std::vector<std::size_t> measures;  ///< of measure_columns, which are there
  std::size_t gap = 2;
};

/// In the column "invertible".
std::string_view verdict_text(const OperatorReport& report) {
  using enum analysis::Verdict;
  switch (analysis::verdict(report)) {
    case invertible:
      return "yes";
    case nearly:
      return "nearly";
    case not_invertible:
    case not_fredholm:
      return "no";
    case undecided:
      return "?";
    case dense:
      break;
  }
  return "-";
}

/// Into `width`: where the table is too wide the columns move together, then labels are cut; where that does
/// not do, the verdicts, which the numbers say too, are left out.
void fit(FittedTable& table, std::size_t width) {
  if (layout_width(table.columns, table.gap) > width) table.gap = 1;
  TextColumn& labels = table.columns.front();
  const std::size_t cut = labels.width() - std::min(labels.width(), narrowest_label);
  if (layout_width(table.columns, table.gap) > width + cut) table.columns.pop_back();
  const std::size_t total = layout_width(table.columns, table.gap);
  if (total > width) {
    const std::size_t excess = total - width, now = labels.width();
    const std::size_t room = std::max(narrowest_label, now > excess ? now - excess : 0);
    for (std::string& label : labels.cells) label = shorten_middle(label, room);
  }
}

TextColumn measure_column(const ModelReport& model, const MeasureColumn& source, bool certify) {
  TextColumn column{{std::string(source.heading[0]), std::string(source.heading[1])}, false, {}};
  for (const OperatorReport& report : model.operators) {
    const Measure* measure = report.find(source.id);
    std::string cell = measure == nullptr ? "" : format_measure(*measure, measure_style(source.id));
    if (source.proven(certify) && measure != nullptr && measure->status == Status::numerical)
      cell.insert(0, "~");
    column.cells.push_back(std::move(cell));
  }
  return column;
}

FittedTable fitted_table(const ModelReport& model, std::size_t width, bool certify) {
  FittedTable table{{label_column(model), {{"", "n"}, false, {}}}, {}};
  TextColumn verdicts{{"invert-", "ible"}, true, {}};
  for (const OperatorReport& report : model.operators) {
    table.columns.back().cells.push_back(std::to_string(model::order(report.layer)));
    verdicts.cells.emplace_back(verdict_text(report));
  }
  for (std::size_t i = 0; i < measure_columns.size(); ++i) {
    if (!has_column(model, measure_columns[i].id)) continue;
    TextColumn column = measure_column(model, measure_columns[i], certify);
    const std::size_t wanted =
        layout_width(table.columns, table.gap) + 2 * table.gap + column.width() + verdicts.width();
    if (i >= always && wanted > width) break;
    table.columns.push_back(std::move(column));
    table.measures.push_back(i);
  }
  table.columns.push_back(std::move(verdicts));
  fit(table, width);
  return table;
}

/// What the marks, columns and labels of all tables mean.
class Legend {
 public:
  Legend(std::size_t width, bool certify) : width_(width), certify_(certify) {}

  void add(const ModelReport& model, const FittedTable& table) {
    for (const std::size_t i : table.measures) present_[i] = true;
    for (std::size_t i = 2; i < table.columns.size(); ++i)
      for (const std::string& cell : table.columns[i].cells) {
        if (cell == "-" || cell.find_first_of("~<>?") == 0) marks_ += cell.front();
        nearly_ = nearly_ || cell == "nearly";
      }
    add_labels(model, table.columns.front());
  }

  [[nodiscard]] std::string text() const {
    std::string text;
    const auto line = [&](const std::string& words) { text += wrap(words, width_, 2); };
    if (const auto list = columns_of_kind(true); !list.empty()) line("proven: " + list);
    if (const auto list = columns_of_kind(false); !list.empty())
      line("numerical, only known digits shown: " + list);
    for (const char* meaning :
         {"~ numerical, not proven", "< below precision: only this upper bound is known",
          "> beyond precision: only this lower bound is known", "? undecided", "- not defined here"})
      if (marks_.find(*meaning) != std::string::npos) line(meaning);
    if (nearly_) line(fmt::format("nearly: 0 < N/(n-1) < {}", analysis::ModelSummary::nearly_below));
    for (const std::string& label : labels_) line(label);
    return text;
  }

 private:
  /// One example where labels follow from the blocks, and every shortened name.
  void add_labels(const ModelReport& model, const TextColumn& labels) {
    bool example_given = false;
    for (std::size_t i = 0; i < model.operators.size(); ++i) {
      const std::string full = model::printable(model.operators[i].layer.name);
      const std::string label = model::printable(model::layer_label(model.operators[i].layer));
      const bool example = label != full && !example_given;
      example_given = example_given || example;
      if (!example && labels.cells[i] == label) continue;
      if (std::string line = "layer " + labels.cells[i] + " = " + full; !std::ranges::count(labels_, line))
        labels_.push_back(std::move(line));
    }
  }

  [[nodiscard]] std::string columns_of_kind(bool proven) const {
    std::string list;
    for (std::size_t i = 0; i < measure_columns.size(); ++i)
      if (present_[i] && measure_columns[i].proven(certify_) == proven)
        list += (list.empty() ? "" : ", ") + std::string(measure_columns[i].legend);
    return list;
  }

  std::size_t width_;
  bool certify_;
  std::array<bool, measure_columns.size()> present_{};
  std::string marks_;
  bool nearly_ = false;
  std::vector<std::string> labels_;
};

std::string notes(const ModelReport& model, std::size_t width) {
  std::string text;
  for (const std::string& warning : model.warnings) text += wrap("! " + model::printable(warning), width, 2);
  for (const OperatorReport& report : model.operators) {
    const std::string who = "! layer " + model::printable(model::layer_label(report.layer)) + ": ";
    const auto& w = report.winding;
    if (w.status == IndexStatus::not_fredholm) text += wrap(who + "not Fredholm: " + w.reason, width, 2);
    if (w.status == IndexStatus::undecided)
      text += wrap(
          who + fmt::format("index undecided, {} <= N <= {} is proven: {}", w.lowest, w.highest, w.reason),
          width, 2);
    for (const std::string& warning : report.warnings) text += wrap(who + warning, width, 2);
  }
  return text;
}

/// One zero, or a conjugate pair, as modulus and angle; of a cluster also how many zeros it holds.
std::string zero_text(const analysis::Zero& zero) {
  if (zero.z == 0.0 && zero.radius <= std::numeric_limits<double>::denorm_min()) return "< 5e-324";
  if (std::isinf(zero.radius)) return "> 1.8e+308";
  const double modulus = std::abs(zero.z), angle = std::arg(zero.z);
  const std::string sign = zero.z.imag() == 0 ? " " : "±";
  const double angle_error = zero.z.imag() == 0 ? 0 : zero.radius / modulus;
  const std::string angle_text =
      zero.z.imag() == 0 ? (angle == 0 ? "0" : "π") : format_number(angle, angle_error, {8});
  const std::string cluster = zero.together > 1 ? fmt::format(" [{}]", zero.together) : "";
  return format_number(modulus, zero.radius, {8}) + " " + sign + angle_text + cluster;
}

/// The zeros of every symbol, by modulus, three a line.
std::string zero_lists(const ModelReport& model, std::size_t width) {
  constexpr std::size_t cell = 26;
  std::string text;
  for (const OperatorReport& report : model.operators) {
    if (!report.zeros) continue;
    const analysis::Zeros& zeros = *report.zeros;
    text += wrap(
        fmt::format("zeros of layer {}, |z| and arg z: {} inside the circle ({} at the origin), {} in all{}",
                    model::printable(model::layer_label(report.layer)), zeros.inside, zeros.at_origin,
                    zeros.zeros.size() + zeros.at_origin, zeros.converged ? "" : "; NOT CONVERGED"),
        width, 2);
    std::string line;
    for (const analysis::Zero& zero : zeros.zeros) {
      if (zero.z.imag() < 0) continue;
      const std::string entry = zero_text(zero);
      if (display_width(line) + cell > width)
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n", line.clear();
      line += entry + std::string(cell - std::min(cell - 1, display_width(entry)), ' ');
    }
    if (!line.empty()) text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    text += "\n";
  }
  return text;
}

std::string summary_line(const ModelReport& model, bool known_start, std::size_t width) {
  const auto s = analysis::summarize(model.operators);
  std::string text = fmt::format("{} operator{}: {} invertible (N = 0), {} nearly (N/(n-1) < {}), {} not",
                                 s.operators, s.operators == 1 ? "" : "s", s.invertible, s.nearly,
                                 analysis::ModelSummary::nearly_below, s.not_invertible);
  if (s.not_fredholm > 0) text += fmt::format(", {} not Fredholm", s.not_fredholm);
  if (s.undecided > 0) text += fmt::format(", {} undecided", s.undecided);
  if (s.dense > 0) text += fmt::format(", {} dense", s.dense);
  text = wrap(text + ".", width);
  if (const auto fraction = analysis::median(model.operators, "winding_fraction"))
    text += wrap(fmt::format("Median N/(n-1): {}.{}",
                             format_number(fraction->value, fraction->error, {.digits = 4, .decimals = 3}),
                             known_start ? " Untrained weights give about 0.5." : ""),
                 width);
  return text;
}

std::string model_table(const AnalysisReport& report, const ModelReport& model, const FittedTable& table,
                        std::size_t width, const Paint& paint) {
  std::string text = paint.bold(shorten_middle(model::printable(model.file), width) + "\n");
  text +=
      paint.dim(wrap(fmt::format("{}, sha256 {}", model.architecture, model.sha256.substr(0, 12)), width));
  if (report.residual)
    text += wrap(
        "Residual view: the operators are I + T, what a block passes on when its normalisation is taken as "
        "fixed.",
        width);
  for (const std::string& remark : model_remarks(model)) text += wrap(model::printable(remark), width, 2);
  text += "\n";
  const std::vector<std::string> lines = layout_columns(table.columns, table.gap);
  const std::size_t headings = lines.size() - model.operators.size();
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += i < headings ? paint.bold(lines[i] + "\n") : lines[i] + "\n";
  text += "\n";
  if (const auto alerts = notes(model, width); !alerts.empty()) text += paint.alert(alerts) + "\n";
  if (report.options.zeros) text += zero_lists(model, width);
  text += further_tables(report, model, width);
  return text + summary_line(model, starts_half_inside(report, model), width) + "\n";
}

}  // namespace

std::string report_table(const AnalysisReport& report, const TableStyle& style) {
  const Paint paint(style.color);
  const auto width = static_cast<std::size_t>(style.width);
  Legend legend(width, report.options.certify);
  std::string text;
  for (const ModelReport& model : report.models) {
    const FittedTable table = fitted_table(model, width, report.options.certify);
    legend.add(model, table);
    text += model_table(report, model, table, width, paint);
  }
  return text + paint.dim(legend.text());
}

}  // namespace tmm::io
