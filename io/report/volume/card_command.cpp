// SPDX-License-Identifier: MIT
#include "io/report/volume/card_command.hpp"

#include <fmt/format.h>

#include "io/json/json_text.hpp"

namespace tmm::io {
namespace {

template <class Number>
std::string list(const std::vector<Number>& numbers) {
  std::string text;
  for (const Number number : numbers)
    text += (text.empty() ? "" : ",") + format_shortest(static_cast<double>(number));
  return text;
}

std::string taps_options(const model::TapsRequest& taps) {
  using Transform = model::TapsRequest::Transform;
  std::string text = " --taps " + shell_word(taps.glob);
  if (taps.transpose) text += " --transpose";
  if (taps.reverse) text += " --reverse";
  if (taps.transform == Transform::softplus) text += " --transform softplus";
  if (taps.transform == Transform::soft_threshold)
    text += " --transform soft-threshold=" + format_shortest(taps.threshold);
  if (!taps.add_to_first.empty()) text += " --add-to-first " + shell_word(taps.add_to_first);
  return text;
}

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+:=@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string analysis_command(const AnalysisReport& report, const ModelReport& model,
                             const std::string& further) {
  const analysis::AnalyzeOptions& options = report.options;
  std::string text = "tmm analyze ";
  if (model.file.starts_with('-')) text += "./";  // or it would be an option
  text += shell_word(model.file);
  if (report.taps) text += taps_options(*report.taps);
  if (options.spectrum != analysis::SpectrumChoice::automatic)
    text += fmt::format(" --spectrum {}", name(options.spectrum));
  if (options.zeros) text += " --zeros";
  if (!options.sections.empty()) text += " --sections " + list(options.sections);
  if (!options.thresholds.empty()) text += " --tau " + list(options.thresholds);
  if (!options.absolute_thresholds.empty()) text += " --tau-absolute " + list(options.absolute_thresholds);
  if (!options.measures.empty()) text += fmt::format(" --measures {}", fmt::join(options.measures, ","));
  if (options.published_winding) text += " --published-winding";
  if (options.certify) text += " --certify";
  if (options.pseudospectra) text += " --pseudospectra";
  if (options.pseudospectra && options.pseudospectra != analysis::PlaneGrid{})
    text += fmt::format(" --grid {}x{}", options.pseudospectra->columns, options.pseudospectra->rows);
  if (report.null_draws > 0)
    text += fmt::format(" --null-draws {} --seed {}", report.null_draws, report.seed);
  if (report.residual) text += " --residual";
  if (report.assume_toeplitz) text += " --assume-toeplitz";
  return further.empty() ? text : text + " " + further;
}

}  // namespace tmm::io
