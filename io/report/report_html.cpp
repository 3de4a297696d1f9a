// SPDX-License-Identifier: MIT
#include "io/report/report_html.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "io/json/json_text.hpp"
#include "io/report/operator_remarks.hpp"
#include "io/report/page_assets.hpp"
#include "io/report/page_data.hpp"
#include "io/report/step_curves.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

/// The page with each "{{KEY}}" replaced, in the order of `texts`. What is filled in is not searched again:
/// it may hold anything.
std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& texts) {
  std::string result;
  for (const auto& [key, text] : texts) {
    const std::string mark = "{{" + key + "}}";
    const std::size_t at = page.find(mark);
    if (at == std::string::npos) throw ArgumentError("the page has no place for " + key);
    result.append(page.substr(0, at)).append(text);
    page.remove_prefix(at + mark.size());
  }
  return result.append(page);
}

/// A script's own text may hold "</script" in strings, which would end its element.
std::string embeddable_script(std::string_view script) {
  std::string text;
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t next = std::min(script.find("</script", at), script.size());
    text += script.substr(at, next - at);
    if (next < script.size()) text += "<\\/script";
    at = next + std::string_view("</script").size();
  }
  return text;
}

/// A script or a style without indentation and without lines that are nothing but a comment: a third of it is
/// for those who write it. (None of them has a text of several lines.)
std::string without_comments(std::string_view source) {
  std::string text;
  while (!source.empty()) {
    const std::size_t end = std::min(source.find('\n'), source.size() - 1) + 1;
    std::string_view line = source.substr(0, end);
    source.remove_prefix(end);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!line.starts_with("//") && line != "\n") text += line;
  }
  return text;
}

}  // namespace

void require_page() {
  if (page_assets().plotly.empty())
    throw ArgumentError("this tmm was built without its chart library, so it cannot write HTML",
                        {"", "", "", "", "Run ./dev charts, then build again"});
}

std::string page_html(const std::vector<std::pair<std::string, std::string>>& data) {
  require_page();
  const PageAssets& assets = page_assets();
  const bool volume =
      std::ranges::any_of(data, [](const auto& element) { return element.first == "volume"; });
  const bool network = std::ranges::any_of(
      data, [](const auto& element) { return element.first == "jacobian" || element.first == "repair"; });
  std::string elements, script(assets.first), style(assets.css);
  if (volume) style += assets.css_of_volume;
  if (network) style += assets.css_of_network;
  for (const auto& [id, json] : data)
    script += id == "report"       ? volume ? assets.of_volume : assets.of_operators
              : id == "comparison" ? assets.of_comparison
              : id == "training"   ? assets.of_training
              : id == "study"      ? assets.of_study
              : id == "jacobian"   ? assets.of_jacobian
              : id == "repair"     ? assets.of_repair
                                   : std::string_view();
  if (std::ranges::any_of(data, [](const auto& element) {
        return element.first == "costs" || element.first == "correlations";
      }))
    script += assets.of_runs;
  if (std::ranges::any_of(data, [](const auto& element) { return element.first.starts_with("steps-"); }))
    script += assets.of_steps;
  script += network ? assets.heading_of_network : assets.heading;
  script += assets.last;
  for (const auto& [id, json] : data)
    elements +=
        "<script type=\"application/json\" id=\"" + id + "\">" + embeddable_json(json) + "</script>\n";
  return filled(assets.html, {{"STYLE", without_comments(style)},
                              {"DATA", elements},
                              {"PLOTLY", embeddable_script(assets.plotly)},
                              {"SCRIPT", embeddable_script(without_comments(script))}});
}

std::string report_html(const AnalysisReport& report) {
  std::vector<std::string> operators;
  std::vector<std::pair<std::string, std::string>> data{
      {"report", report_json(report, ReportArrays::left_out)}};
  std::vector<std::pair<std::string, std::string>> arrays;
  for (const ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators) {
      arrays.emplace_back("arrays-" + std::to_string(arrays.size()), page_arrays_json(op));
      operators.push_back(page_operator_json(op));
    }
  std::vector<std::string> starts;
  for (const ModelReport& model : report.models)
    starts.emplace_back(starts_half_inside(report, model) ? "true" : "false");
  data.emplace_back("half-inside", json_array(starts, 1));
  data.emplace_back("operators", json_array(operators, 1));
  data.insert(data.end(), arrays.begin(), arrays.end());
  return page_html(data);
}

std::string comparison_html(const ComparisonReport& report) {
  std::vector<std::pair<std::string, std::string>> data{{"comparison", comparison_json(report)}};
  if (has_costs(report.costs)) data.emplace_back("costs", cost_json(report.costs, 1));
  if (!report.correlations.rows.empty())
    data.emplace_back("correlations", correlation_json(report.correlations, 1));
  std::size_t k = 0;
  for (const ComparisonGroup* group : {&report.a, &report.b})
    for (const StepCurves& curves : group->curves) {
      auto elements = step_elements(curves, k++);
      std::ranges::move(elements, std::back_inserter(data));
    }
  return page_html(data);
}

}  // namespace tmm::io
