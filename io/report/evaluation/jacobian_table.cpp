// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cmath>

#include "io/report/evaluation/jacobian_cells.hpp"
#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::NetworkJacobian, analysis::SampleJacobian, analysis::SampleSummary;

std::string label(const std::string& id) {
  if (id == "sigma_max") return "σ_max";
  if (id == "log10_sigma_min") return "log10 σ_min";
  if (id == "stable_rank") return "stable rank";
  if (id == "effective_rank") return "effective rank";
  if (id == "rank_float32") return "rank at float32";
  if (id == "kernel_float32") return "kernel at float32";
  return id;
}

void append_summaries(const std::vector<SampleSummary>& summaries, std::vector<TextColumn>& columns) {
  for (const SampleSummary& s : summaries) {
    columns[0].cells.push_back("  " + label(s.id));
    const auto cells = summary_cells(s);
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i + 1].cells.push_back(cells[i]);
  }
}

void append_heading(const std::string& text, std::vector<TextColumn>& columns) {
  columns[0].cells.push_back(text);
  for (std::size_t i = 1; i < columns.size(); ++i) columns[i].cells.emplace_back();
}

std::string measures_table(const JacobianReport& r) {
  const NetworkJacobian& j = r.result;
  std::vector<TextColumn> columns{{{"", "over samples"}, true, {}}, {{"", "mean"}, false, {}},
                                  {{"", "s.d."}, false, {}},        {{"", "least"}, false, {}},
                                  {{"", "most"}, false, {}},        {{"", "known"}, false, {}}};
  const std::size_t size = j.shape.length * j.shape.dimension;
  append_heading(fmt::format("stream by input ({0} x {0})", size), columns);
  append_summaries(summarize_maps(
                       j, [](const SampleJacobian& s) -> const auto& { return s.stream; }),
                   columns);
  append_heading(fmt::format("z by input ({} x {})", j.shape.dimension, size), columns);
  append_summaries(summarize_maps(
                       j, [](const SampleJacobian& s) -> const auto& { return s.vector; }),
                   columns);
  std::vector<Measure> positions;
  for (const SampleJacobian& sample : j.samples) positions.push_back(sample.effective_positions);
  append_summaries({analysis::summarize("positions that count", positions)}, columns);
  std::string text;
  for (const std::string& line : layout_columns(columns)) text += line + "\n";
  return text;
}

std::string retention_lines(const NetworkJacobian& j) {
  std::string text =
      fmt::format("retention by position t     {:>12}  {:>12}\n", "|dz/dx_t|_F", "|dz/dx_t|_2");
  for (const PositionGroup& group : position_groups(j))
    text += fmt::format("  {:>7} to {:<14} {:>12}  {:>12}\n", group.first, group.last, group.frobenius,
                        group.norm2);
  return text;
}

std::string blocks_table(const NetworkJacobian& j) {
  std::vector<TextColumn> columns{
      {{"", "block"}, true, {}},       {{"T alone", "σ_max"}, false, {}}, {{"x + T", "σ_max"}, false, {}},
      {{"", "log10σ_min"}, false, {}}, {{"C alone", "σ_max"}, false, {}}, {{"x + C", "σ_max"}, false, {}},
      {{"", "log10σ_min"}, false, {}}, {{"both", "σ_max"}, false, {}},    {{"", "log10σ_min"}, false, {}}};
  for (std::size_t i = 0; i < j.samples.front().blocks.size(); ++i) {
    columns[0].cells.push_back(std::to_string(i));
    std::size_t column = 1;
    const auto append = [&](std::size_t part, bool smallest) {
      const auto all = summarize_maps(
          j, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].parts[part].spectrum; });
      columns[column++].cells.push_back(summary_cells(all[0])[0]);
      if (smallest) columns[column++].cells.push_back(summary_cells(all[1])[0]);
    };
    append(0, false), append(1, true), append(2, false), append(3, true), append(4, true);
  }
  std::string text = "\n";
  for (const std::string& line : layout_columns(columns, layout_width(columns) > 80 ? 1 : 2))
    text += line + "\n";
  return text +
         wrap(
             "T: mixing over time (norm and projections included), C: channel mixing, means over samples; "
             "blocks in data flow, 0 = " +
                 model::printable(j.samples.front().blocks.front().name),
             80, 2);
}

}  // namespace

std::vector<std::pair<std::string, double>> jacobian_outcomes(const JacobianReport& report) {
  std::vector<std::pair<std::string, double>> outcomes;
  const auto put = [&](const std::string& name, const SampleSummary& s) {
    if (s.known == s.samples && std::isfinite(s.mean)) outcomes.emplace_back(name, s.mean);
  };
  const NetworkJacobian& j = report.result;
  const auto z = summarize_maps(
      j, [](const SampleJacobian& s) -> const auto& { return s.vector; });
  const auto stream = summarize_maps(
      j, [](const SampleJacobian& s) -> const auto& { return s.stream; });
  for (const SampleSummary& s : z) {
    if (s.id == "effective_rank") put("z effective rank", s);
    if (s.id == "log10_sigma_min") put("z log10 sigma_min", s);
  }
  for (const SampleSummary& s : stream) {
    if (s.id == "log10_sigma_min") put("stream log10 sigma_min", s);
    if (s.id == "effective_rank") put("stream effective rank", s);
  }
  std::vector<Measure> positions;
  for (const SampleJacobian& sample : j.samples) positions.push_back(sample.effective_positions);
  put("z effective positions", analysis::summarize("effective_positions", positions));
  return outcomes;
}

std::string jacobian_table(const JacobianReport& r) {
  const NetworkJacobian& j = r.result;
  std::string text = fmt::format("file        {}\ntokens      {}\n", model::printable(r.file), r.source);
  text += fmt::format("samples     {} of {} sequences, {} tokens each, seed {}\n", j.samples.size(),
                      r.sequences, j.shape.length, j.options.seed);
  text += wrap("stream      " + model::printable(r.stream), 80, 12);
  text += wrap("z           " + model::printable(r.vector), 80, 12) + "\n";
  text += measures_table(r) + "\n" + retention_lines(j);
  if (!j.samples.front().blocks.empty()) text += blocks_table(j);
  text +=
      "\n" +
      wrap(
          "numerical, in float64: σ (LAPACK, or Golub-Kahan-Lanczos with residuals), ranks; rank at float32: "
          "σ above max(rows, columns)·2^-23·σ_max; kernel: the others; positions that count: exp of the "
          "entropy of |dz/dx_t|_F^2. < and ≤: an upper bound only; > and ≥: a lower one; ?: needs all "
          "singular values "
          "(at most " +
              std::to_string(j.options.full_limit) +
              " of them: --length); -inf: singular, proven by its form",
          80, 2);
  for (const std::string& warning : r.warnings) text += wrap("! " + model::printable(warning), 80, 2);
  return text;
}

}  // namespace tmm::io
