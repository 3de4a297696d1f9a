// SPDX-License-Identifier: MIT
#include "io/report/paper_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "io/json/json_text.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/operator_remarks.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::OperatorReport, analysis::Status;

struct Words {
  std::string_view latex, plain;
};

/// Headings in the notation of each format; other measures appear under their own name.
const std::map<std::string, Words, std::less<>>& headings() {
  static const std::map<std::string, Words, std::less<>> all{
      {"winding_number", {"$N$", "N"}},
      {"winding_fraction", {"$N/(n-1)$", "N/(n−1)"}},
      {"fredholm_index", {"index", "index"}},
      {"index_margin", {"margin", "margin"}},
      {"index_margin_relative", {"relative margin", "relative margin"}},
      {"index_radius", {"index radius", "index radius"}},
      {"jensen_defect", {"Jensen defect", "Jensen defect"}},
      {"smallest_zero", {"$\\min|z_j|$", "min|z_j|"}},
      {"symbol_max", {"$\\max|a|$", "max|a|"}},
      {"sigma_max", {"$\\sigma_{\\max}$", "σ_max"}},
      {"log10_sigma_min", {"$\\log_{10}\\sigma_{\\min}$", "log₁₀ σ_min"}},
      {"log10_condition", {"$\\log_{10}\\kappa$", "log₁₀ κ"}},
      {"effective_index_float32", {"index at float32", "index at float32"}},
      {"stable_rank", {"stable rank", "stable rank"}},
      {"effective_rank", {"effective rank", "effective rank"}},
      {"avram_parter_distance", {"distance to $|a|$", "distance to |a|"}}};
  return all;
}

/// Text in LaTeX, UTF-8 as it is.
std::string escape_latex(std::string_view text) {
  std::string escaped;
  for (const char c : text) switch (c) {
      case '\\':
        escaped += "\\textbackslash{}";
        break;
      case '~':
        escaped += "\\textasciitilde{}";
        break;
      case '^':
        escaped += "\\textasciicircum{}";
        break;
      case '#':
      case '$':
      case '%':
      case '&':
      case '_':
      case '{':
      case '}':
        escaped += '\\';
        [[fallthrough]];
      default:
        escaped += c;
    }
  return escaped;
}

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\`*_|<>#").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// A table in one of the formats, put together row by row.
class PaperTable {
 public:
  explicit PaperTable(PaperFormat format) : latex_(format == PaperFormat::latex) {}

  [[nodiscard]] std::string text(std::string_view plain) const {
    const std::string printable = model::printable(std::string(plain));
    return latex_ ? escape_latex(printable) : escape_markdown(printable);
  }
  [[nodiscard]] std::string heading(const std::string& id) const {
    const auto known = headings().find(id);
    if (known == headings().end()) return text(id);
    return latex_ ? std::string(known->second.latex) : text(known->second.plain);
  }
  /// "1.5e-07" as it is, which siunitx reads; what is no number in braces, and in mathematics where it needs
  /// it.
  [[nodiscard]] std::string number(const std::string& printed) const {
    if (!latex_) return text(printed);
    if (printed.empty() || printed == "?" || printed == "-")
      return "{" + (printed == "-" ? "--" : printed) + "}";
    if (printed.ends_with("inf")) return printed.starts_with('-') ? "{$-\\infty$}" : "{$\\infty$}";
    if (const std::size_t sign = printed.find("±"); sign != std::string::npos)
      return "{$0\\pm\\num{" + printed.substr(sign + std::string("±").size()) + "}$}";
    return printed;
  }
  /// The letter that marks this status; none for certified.
  [[nodiscard]] std::string mark(Status status) {
    if (status == Status::certified) return "";
    used_[static_cast<std::size_t>(status)] = true;
    const char letter = status == Status::numerical         ? 'a'
                        : status == Status::below_precision ? 'b'
                        : status == Status::undecided       ? 'c'
                                                            : 'd';
    return latex_ ? fmt::format("\\tnote{{{}}}", letter) : fmt::format("<sup>{}</sup>", letter);
  }

  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::size_t words = 1;              ///< columns of text before those of numbers
  std::vector<std::string> comments;  ///< where the numbers come from
  std::vector<std::string> remarks;   ///< what the files' warnings say, below the table
  std::string caption;

  [[nodiscard]] std::string print() const { return latex_ ? print_latex() : print_markdown(); }

 private:
  [[nodiscard]] std::vector<std::pair<char, std::string>> notes() const {
    std::vector<std::pair<char, std::string>> all;
    const std::vector<std::tuple<Status, char, const char*>> meanings{
        {Status::numerical, 'a', "numerical: only the digits that are known"},
        {Status::below_precision, 'b', "below precision: only a bound is known"},
        {Status::undecided, 'c', "undecided"},
        {Status::not_defined, 'd', "not defined"}};
    for (const auto& [status, letter, meaning] : meanings)
      if (used_[static_cast<std::size_t>(status)]) all.emplace_back(letter, meaning);
    return all;
  }

  static std::string joined(const std::vector<std::string>& cells, std::string_view between) {
    return fmt::format("{}", fmt::join(cells, between));
  }

  [[nodiscard]] std::string print_latex() const {
    std::string text = "% needs \\usepackage{booktabs,siunitx,threeparttable}\n";
    for (const std::string& comment : comments) text += "% " + model::printable(comment) + "\n";
    text += "\\begin{table}\n  \\centering\n  \\begin{threeparttable}\n  \\caption{" + caption + "}\n";
    text += "  \\begin{tabular}{" + std::string(words, 'l') + "*{" + std::to_string(head.size() - words) +
            "}{S[table-format=-3.4e-3]}}\n    \\toprule\n    ";
    std::vector<std::string> cells = head;
    for (std::size_t k = words; k < cells.size(); ++k) cells[k] = "{" + cells[k] + "}";
    text += joined(cells, " & ") + " \\\\\n    \\midrule\n";
    for (const auto& row : rows) text += "    " + joined(row, " & ") + " \\\\\n";
    text += "    \\bottomrule\n  \\end{tabular}\n";
    if (const auto list = notes(); !list.empty() || !remarks.empty()) {
      text += "  \\begin{tablenotes}\n";
      for (const auto& [letter, meaning] : list) text += fmt::format("    \\item[{}] {}.\n", letter, meaning);
      for (const std::string& remark : remarks) text += "    \\item " + this->text(remark) + "\n";
      text += "  \\end{tablenotes}\n";
    }
    return text + "  \\end{threeparttable}\n\\end{table}\n";
  }

  [[nodiscard]] std::string print_markdown() const {
    std::string text = "| " + joined(head, " | ") + " |\n|";
    for (std::size_t k = 0; k < head.size(); ++k) text += k < words ? " --- |" : " ---: |";
    text += "\n";
    for (const auto& row : rows) text += "| " + joined(row, " | ") + " |\n";
    text += "\n" + caption + "\n";
    for (const auto& [letter, meaning] : notes()) text += fmt::format("<sup>{}</sup> {}.\n", letter, meaning);
    for (const std::string& remark : remarks) text += "\n" + this->text(remark) + "\n";
    for (const std::string& comment : comments) text += "<!-- " + escape_comment(comment) + " -->\n";
    return text;
  }

  /// No name ends the comment.
  static std::string escape_comment(const std::string& comment) {
    std::string text = model::printable(comment);
    for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at))
      text.replace(at, 2, "- -");
    return text;
  }

  bool latex_;
  bool used_[8]{};
};

std::string origin(const ModelReport& model) {
  return fmt::format("{}, sha256 {}", model.file, model.sha256);
}

/// The status that all numbers of this measure share; nothing where they differ.
std::optional<Status> common_status(const AnalysisReport& report, const std::string& id) {
  std::optional<Status> common;
  for (const ModelReport& model : report.models)
    for (const OperatorReport& op : model.operators) {
      const Measure* measure = op.find(id);
      if (measure == nullptr) continue;
      if (common && *common != measure->status) return std::nullopt;
      common = measure->status;
    }
  return common;
}

/// What a table shows where no measures are chosen, as far as it is there.
std::vector<std::string> usual_measures(const AnalysisReport& report) {
  std::vector<std::string> usual{"winding_number", "winding_fraction", "index_margin",
                                 "jensen_defect",  "sigma_max",        "log10_sigma_min"};
  const auto known = chosen_measures(report, {});
  std::erase_if(usual, [&](const std::string& id) { return std::ranges::find(known, id) == known.end(); });
  return usual;
}

}  // namespace

std::string paper_table(const AnalysisReport& report, std::span<const std::string> ids, PaperFormat format) {
  PaperTable table(format);
  const bool latex = format == PaperFormat::latex, several = report.models.size() > 1;
  const auto columns = ids.empty() ? usual_measures(report) : chosen_measures(report, ids);
  table.words = several ? 2 : 1;
  if (several) table.head.emplace_back("file");
  table.head.emplace_back("layer");
  table.head.emplace_back(latex ? "$n$" : "n");
  std::map<std::string, std::optional<Status>> common;
  for (const std::string& id : columns) {
    common[id] = common_status(report, id);
    table.head.push_back(table.heading(id) + (common[id] ? table.mark(*common[id]) : ""));
  }
  table.comments.push_back("tmm " + report.program_version);
  for (const ModelReport& model : report.models) {
    table.comments.push_back(origin(model));
    for (const auto& texts : {model.warnings, model_remarks(model)})
      table.remarks.insert(table.remarks.end(), texts.begin(), texts.end());
    for (const OperatorReport& op : model.operators) {
      std::vector<std::string> row;
      if (several) row.push_back(table.text(model.file));
      row.push_back(table.text(model::layer_label(op.layer)));
      row.push_back(std::to_string(model::order(op.layer)));
      for (const std::string& id : columns) {
        const Measure* measure = op.find(id);
        std::string cell =
            table.number(measure == nullptr ? "" : format_measure(*measure, measure_style(id)));
        if (measure != nullptr && !common[id]) cell += table.mark(measure->status);
        row.push_back(std::move(cell));
      }
      table.rows.push_back(std::move(row));
    }
  }
  table.caption = latex ? "Toeplitz operators \\(T(a)\\); \\(N\\) is the winding number of \\(a\\), the "
                          "Fredholm index is \\(-N\\)."
                        : "Toeplitz operators T(a); N is the winding number of a, the Fredholm index is −N.";
  if (report.residual) table.caption += latex ? " The operators are \\(I+T\\)." : " The operators are I + T.";
  return table.print();
}

std::string paper_table(const ComparisonReport& report, PaperFormat format) {
  PaperTable table(format);
  const bool latex = format == PaperFormat::latex;
  const std::string a = table.text(report.a.name), b = table.text(report.b.name);
  table.head = {"measure", "median " + a, "median " + b,       latex ? "$\\delta$" : "δ",
                "low",     "high",        latex ? "$p$" : "p", "Holm"};
  table.comments.push_back("tmm " + report.program_version);
  for (const ComparisonGroup* group : {&report.a, &report.b})
    for (const ModelReport& model : group->models)
      table.comments.push_back(group->name + ": " + origin(model));
  const auto median = [&](const std::string& id, const analysis::GroupSample& sample) {
    return table.number(format_number(sample.distribution.median, sample.median_error, measure_style(id)));
  };
  const auto short_number = [&](double x) {
    return table.number(std::isnan(x) ? "-" : fmt::format("{:.3g}", x));
  };
  for (const analysis::MeasureComparison& m : report.comparison.measures) {
    if (std::ranges::find(report.shown, m.id) == report.shown.end()) continue;
    table.rows.push_back({table.heading(m.id), median(m.id, m.a), median(m.id, m.b),
                          short_number(m.effect.delta), short_number(m.effect.lower),
                          short_number(m.effect.upper), short_number(m.by_operator.p_value),
                          short_number(m.adjusted_p_value)});
  }
  table.caption = fmt::format(
      "{} against {}: medians over operators, Cliff's {} with a {:g}{} bootstrap interval, {} of "
      "Mann-Whitney tests, "
      "adjusted by Holm.",
      a, b, latex ? "$\\delta$" : "δ", 100 * report.comparison.options.confidence, latex ? "\\,\\%" : " %",
      latex ? "$p$" : "p");
  return table.print();
}

}  // namespace tmm::io
