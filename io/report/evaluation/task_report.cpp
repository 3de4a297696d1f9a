// SPDX-License-Identifier: MIT
#include "io/report/evaluation/task_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "io/report/evaluation/json_values.hpp"
#include "io/report/text_layout.hpp"

namespace tmm::io {
namespace {

using analysis::AnswerShare, analysis::SequenceMean;
using nlohmann::ordered_json;

std::string percent(double share) {
  return fmt::format("{:.4g}%", 100 * share);
}

/// Share and interval, e.g. "43.75%  (41.2% … 46.3%)".
std::string share_in_words(const AnswerShare& share) {
  const auto [low, high] = share.interval();
  return fmt::format("{:>7}  ({} … {})", percent(share.share()), percent(low), percent(high));
}

std::string sizes_in_words(const TaskReport& r) {
  const model::TaskSizes& s = r.sizes;
  std::string text(model::name(s.task));
  if (s.task == model::Task::selective_copy) text += fmt::format(", {} tokens to remember", s.remember);
  if (s.task == model::Task::induction) {
    text += fmt::format(", {} pair{}", s.pairs, s.pairs == 1 ? "" : "s");
    text += s.distance ? fmt::format(", {} blanks before the questions", *s.distance)
                       : ", 0 to " + std::to_string(s.length - 4 * s.pairs) + " blanks before the questions";
  }
  if (r.seed) text += fmt::format(" (drawn, seed {})", *r.seed);
  return text;
}

std::string chance_in_words(const TaskReport& r) {
  if (!r.seed) return percent(r.chance) + ", the most frequent answer";
  std::string text = percent(r.chance);
  if (r.chance_in_sequence)
    text += fmt::format("; {} for one of the answers of the sequence", percent(*r.chance_in_sequence));
  return text;
}

std::string mean_in_words(const SequenceMean& mean) {
  if (!std::isfinite(mean.value)) return "not finite: the network overflows";
  if (!std::isfinite(mean.standard_error)) return fmt::format("{:.4g}", mean.value);
  return fmt::format("{:+.4g} ± {:.2g}", mean.value, mean.standard_error);
}

std::string gain_table(const analysis::ContextGain& g) {
  if (g.sequences == 0) return "worth of context  no sequence has labels early and late\n";
  std::string table = "worth of context  (nats; ± standard error over sequences)\n";
  table += fmt::format("  late - early    {}  (positions {} to {} less {} to {})\n", mean_in_words(g.score),
                       g.late_first, g.late_end - 1, g.early_first, g.early_end - 1);
  return table + fmt::format("  slope           {}  a factor e of context\n", mean_in_words(g.slope));
}

std::string curve_table(const analysis::RecallCurve& curve) {
  std::string table =
      fmt::format("accuracy by distance of the answer\n  {:>13} {:>8}\n", "distance", "answers");
  for (const auto& octave : curve.by_octave()) {
    const std::string range = octave.first == octave.last
                                  ? std::to_string(octave.first)
                                  : fmt::format("{} to {}", octave.first, octave.last);
    table += fmt::format("  {:>13} {:>8} {}\n", range, octave.share.answers(), share_in_words(octave.share));
  }
  return table +
         wrap("Intervals: 95 %, Wilson, for as many independent answers as sequences show there are.", 80, 0);
}

ordered_json share_json(const AnswerShare& share) {
  const auto [low, high] = share.interval();
  return {{"answers", share.answers()},
          {"correct", share.correct()},
          {"accuracy", number(share.share())},
          {"interval_95", {low, high}},
          {"effective_answers", share.effective_answers()}};
}

ordered_json mean_json(const SequenceMean& mean) {
  return {{"value", number(mean.value)}, {"standard_error", number(mean.standard_error)}};
}

ordered_json gain_json(const analysis::ContextGain& g) {
  return {{"unit", "nats"},
          {"sequences", g.sequences},
          {"early_positions", {g.early_first, g.early_end - 1}},
          {"late_positions", {g.late_first, g.late_end - 1}},
          {"early_loss", mean_json(g.early)},
          {"late_loss", mean_json(g.late)},
          {"late_minus_early", mean_json(g.score)},
          {"slope_by_log_position", mean_json(g.slope)}};
}

}  // namespace

std::string task_table(const TaskReport& r) {
  std::string table = "task              " + sizes_in_words(r) + "\n";
  if (r.curve.all().answers() == 0) return table + "answers           none was asked for\n";
  table += fmt::format("answers           {} right, {} of {}\n", share_in_words(r.curve.all()),
                       r.curve.all().correct(), r.curve.all().answers());
  table += "chance            " + chance_in_words(r) + "\n";
  if (!r.curve.by_distance().empty()) table += curve_table(r.curve);
  if (r.gain) table += gain_table(*r.gain);
  return table;
}

ordered_json task_json(const TaskReport& r) {
  const model::TaskSizes& s = r.sizes;
  ordered_json json = {{"name", model::name(s.task)}};
  if (s.task == model::Task::induction) {
    json["pairs"] = s.pairs;
    json["distance"] = s.distance ? ordered_json(*s.distance) : ordered_json(nullptr);
  }
  if (s.task == model::Task::selective_copy) json["remember"] = s.remember;
  json["seed"] = r.seed ? ordered_json(*r.seed) : ordered_json(nullptr);
  json["status"] = "numerical";
  json["interval"] = "Wilson 95 %, effective number of answers by the spread between sequences";
  json["loss"] = number(r.loss);
  json.update(share_json(r.curve.all()));
  json["chance"] = number(r.chance);
  if (r.chance_in_sequence) json["chance_in_sequence"] = *r.chance_in_sequence;
  if (!r.curve.by_distance().empty()) {
    ordered_json distances = ordered_json::array();
    for (const auto& [distance, share] : r.curve.by_distance()) {
      ordered_json point = {{"distance", distance}};
      point.update(share_json(share));
      distances.push_back(point);
    }
    json["by_distance"] = distances;
  }
  if (r.gain) json["context"] = gain_json(*r.gain);
  return json;
}

}  // namespace tmm::io
