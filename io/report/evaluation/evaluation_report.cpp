// SPDX-License-Identifier: MIT
#include "io/report/evaluation/evaluation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/report/evaluation/json_values.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::Reconstruction, analysis::ReconstructionError;
using nlohmann::ordered_json;

constexpr std::size_t position_groups = 8;

/// Loss with the digits that its standard error leaves, e.g. "3.512 ± 0.013".
std::string loss_in_words(const model::LossSummary& s) {
  if (!std::isfinite(s.loss))
    return s.counted == 0 ? "nothing was counted" : "not finite: the network overflows";
  if (!std::isfinite(s.standard_error)) return fmt::format("{:.6g}", s.loss);
  return fmt::format("{:.6g} ± {:.2g} (standard error over {} sequences)", s.loss, s.standard_error,
                     s.sequences);
}

std::string positions_in_words(const model::LossSummary& s) {
  const std::size_t m = s.positions.size(), groups = std::min(position_groups, m);
  std::string text;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t first = g * m / groups, end = (g + 1) * m / groups;
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t t = first; t < end; ++t) {
      if (s.positions[t].count == 0) continue;
      sum += s.positions[t].loss * static_cast<double>(s.positions[t].count);
      count += s.positions[t].count;
    }
    if (count == 0) continue;
    text += fmt::format("  {:>5} to {:<5} {:.6g}\n", first, end - 1, sum / static_cast<double>(count));
  }
  return text;
}

std::string warning_lines(const std::vector<std::string>& warnings) {
  std::string lines;
  for (const std::string& warning : warnings) lines += wrap("! " + model::printable(warning), 80, 2);
  return lines;
}

std::string error_in_words(const ReconstructionError& e) {
  if (!std::isfinite(e.overall)) return "overflow";
  return fmt::format("{:.1e}", e.overall);
}

std::string kept_in_words(const ReconstructionError& e) {
  return e.first_lost ? std::to_string(*e.first_lost) : "all";
}

std::string inversion_table(const EvaluationReport& report) {
  std::size_t width = 8;
  for (const Reconstruction& r : report.inversion) width = std::max(width, model::printable(r.name).size());
  std::string table = fmt::format(
      "\nInversion: activations of {} sequence{} through T and back by forward substitution.\n"
      "error: RMS over RMS of the input; kept: steps before the error first exceeds 1%.\n"
      "{:<{}}  {:>9} {:>6}  {:>9} {:>6}\n",
      report.inverted_sequences, report.inverted_sequences == 1 ? "" : "s", "operator", width, "float32",
      "kept", "float64", "kept");
  for (const Reconstruction& r : report.inversion)
    table += fmt::format("{:<{}}  {:>9} {:>6}  {:>9} {:>6}\n", model::printable(r.name), width,
                         error_in_words(r.float32), kept_in_words(r.float32), error_in_words(r.float64),
                         kept_in_words(r.float64));
  return table;
}

ordered_json error_json(const ReconstructionError& e) {
  ordered_json positions = ordered_json::array();
  for (const double v : e.by_position) positions.push_back(number(v));
  return {
      {"error", number(e.overall)},
      {"status", std::isfinite(e.overall) ? "numerical" : "overflow"},
      {"first_position_above_1_percent", e.first_lost ? ordered_json(*e.first_lost) : ordered_json(nullptr)},
      {"error_by_position", positions}};
}

std::string difference_line(const std::string& label, const GoldenDifference::Difference& d, double tolerance,
                            double scale) {
  return fmt::format("{:<28} {:>12.3e} {:>12.3e} {:>10}\n", label, d.largest, d.scale,
                     d.largest <= tolerance * scale ? "agrees" : "DIFFERS");
}

double loss_scale(const GoldenDifference::Difference& loss) {
  return std::max(1.0, loss.scale);
}

ordered_json difference_json(const GoldenDifference::Difference& d) {
  return {{"largest_difference", number(d.largest)}, {"scale", d.scale}};
}

}  // namespace

std::string evaluation_table(const EvaluationReport& r) {
  const model::LossSummary& s = r.summary;
  std::string table = fmt::format("file              {}\ntokens            {}\nobjective         {}\n",
                                  model::printable(r.file), r.source, model::name(r.objective));
  table += fmt::format("sequences         {} of {} tokens, {} positions counted\n", s.sequences, r.length,
                       s.counted);
  if (r.left_out > 0)
    table += fmt::format("left out          {} tokens at the end that fill no sequence\n", r.left_out);
  if (r.beyond_limit > 0) table += fmt::format("beyond the limit  {} sequences\n", r.beyond_limit);
  table += fmt::format("loss              {}\n", loss_in_words(s));
  if (std::isfinite(s.loss))
    table += fmt::format("perplexity        {:.6g}\nbits per token    {:.6g}\naccuracy          {:.4g}%\n",
                         s.perplexity, s.bits_per_token, 100 * s.accuracy);
  table += fmt::format("speed             {:.0f} tokens/s ({}, {} thread{})\n",
                       static_cast<double>(s.tokens) / r.seconds, r.precision, r.threads,
                       r.threads == 1 ? "" : "s");
  if (std::isfinite(s.loss)) table += "loss by position\n" + positions_in_words(s);
  if (r.task) table += task_table(*r.task);
  if (!r.inversion.empty()) table += inversion_table(r);
  return table + warning_lines(r.warnings);
}

std::string evaluation_json(const EvaluationReport& r) {
  const model::LossSummary& s = r.summary;
  ordered_json positions = ordered_json::array(), counts = ordered_json::array();
  for (const auto& p : s.positions) {
    positions.push_back(number(p.loss));
    counts.push_back(p.count);
  }
  ordered_json report = {{"schema_version", 1},
                         {"command", "evaluate"},
                         {"file", r.file},
                         {"sha256", r.sha256},
                         {"tokens",
                          {{"source", r.source},
                           {"sequences", s.sequences},
                           {"length", r.length},
                           {"left_out", r.left_out},
                           {"sequences_beyond_limit", r.beyond_limit}}},
                         {"objective", model::name(r.objective)},
                         {"precision", r.precision},
                         {"status", "numerical"},
                         {"counted_positions", s.counted},
                         {"loss", number(s.loss)},
                         {"loss_standard_error", number(s.standard_error)},
                         {"perplexity", number(s.perplexity)},
                         {"bits_per_token", number(s.bits_per_token)},
                         {"accuracy", number(s.accuracy)},
                         {"loss_by_position", positions},
                         {"count_by_position", counts},
                         {"seconds", r.seconds},
                         {"tokens_per_second", static_cast<double>(s.tokens) / r.seconds},
                         {"threads", r.threads}};
  if (r.task) report["task"] = task_json(*r.task);
  if (!r.inversion.empty()) {
    ordered_json operators = ordered_json::array();
    for (const Reconstruction& o : r.inversion)
      operators.push_back(
          {{"name", o.name}, {"float32", error_json(o.float32)}, {"float64", error_json(o.float64)}});
    report["inversion"] = {{"method", "forward substitution"},
                           {"sequences", r.inverted_sequences},
                           {"error", "RMS over RMS of the input"},
                           {"operators", operators}};
  }
  if (!r.warnings.empty()) report["warnings"] = r.warnings;
  return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

bool passes(const CheckReport& r) {
  const GoldenDifference& d = r.difference;
  bool good = d.loss || d.logits || !d.block_output.empty();
  if (d.loss) good = good && d.loss->largest <= r.tolerance * loss_scale(*d.loss);
  if (d.logits) good = good && d.logits->largest <= r.tolerance * d.logits->scale;
  for (const auto& [block, difference] : d.block_output)
    good = good && difference.largest <= r.tolerance * difference.scale;
  return good;
}

std::string check_table(const CheckReport& r) {
  std::string table =
      fmt::format("file      {}\ncompared  {} ({}, tolerance {:g} of scale)\n{:<28} {:>12} {:>12}\n",
                  model::printable(r.file), model::printable(r.golden), r.precision, r.tolerance, "",
                  "difference", "scale");
  const GoldenDifference& d = r.difference;
  if (d.loss) table += difference_line("loss", *d.loss, r.tolerance, loss_scale(*d.loss));
  if (d.logits) table += difference_line("logits", *d.logits, r.tolerance, d.logits->scale);
  for (const auto& [block, difference] : d.block_output)
    table += difference_line(model::printable(block), difference, r.tolerance, difference.scale);
  if (!d.loss && !d.logits && d.block_output.empty())
    table += "nothing to compare: no loss, logits or block output\n";
  return table + warning_lines(r.warnings);
}

std::string check_json(const CheckReport& r) {
  const GoldenDifference& d = r.difference;
  ordered_json report = {{"schema_version", 1}, {"command", "evaluate --check"}, {"file", r.file},
                         {"golden", r.golden},  {"precision", r.precision},      {"tolerance", r.tolerance},
                         {"agrees", passes(r)}};
  if (d.loss) {
    report["loss"] = difference_json(*d.loss);
    report["loss"]["largest_relative_difference"] = number(d.loss_relative);
  }
  if (d.logits) report["logits"] = difference_json(*d.logits);
  for (const auto& [block, difference] : d.block_output)
    report["block_output"][block] = difference_json(difference);
  if (!r.warnings.empty()) report["warnings"] = r.warnings;
  return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tmm::io
