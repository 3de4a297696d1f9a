// SPDX-License-Identifier: MIT
#include "io/report/evaluation/retention_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "io/report/evaluation/json_values.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::AnswerShare;
using nlohmann::ordered_json;

constexpr std::size_t position_groups = 8;

std::string encoder_in_words(const RetentionReport& r) {
  std::string text = model::printable(r.encoder);
  if (r.untrained) text = fmt::format("untrained (seed {}), of the architecture of {}", r.seed, text);
  return text + fmt::format(", read at the last position{}", r.code_from_end == 2 ? " but one" : "");
}

/// Positions first … end − 1 together. Their answers come from the same sequences.
std::string group_line(const std::vector<AnswerShare>& positions, std::size_t first, std::size_t end) {
  std::uint64_t answers = 0, correct = 0;
  for (std::size_t t = first; t < end; ++t) {
    answers += positions[t].answers();
    correct += positions[t].correct();
  }
  if (answers == 0) return {};
  return fmt::format("  {:>5} to {:<5} {:>7.4g}%\n", first, end - 1,
                     100 * static_cast<double>(correct) / static_cast<double>(answers));
}

}  // namespace

double RetentionReport::bits_recovered() const {
  return (unigram_entropy - summary.loss) / std::numbers::ln2;
}

double RetentionReport::bits_standard_error() const {
  return summary.standard_error / std::numbers::ln2;
}

std::string retention_table(const RetentionReport& r) {
  const auto [low, high] = r.curve.all().interval();
  std::string table =
      fmt::format("encoder           {}\ndecoder           {}\n", encoder_in_words(r), r.decoder);
  table += fmt::format("validation        {} sequences of {} tokens\n", r.summary.sequences,
                       r.summary.positions.size());
  if (!std::isfinite(r.summary.loss)) return table + "loss              not finite: the network overflows\n";
  table += fmt::format("loss              {:.6g} nats a token\n", r.summary.loss);
  table += fmt::format(
      "bits recovered    {:.4g} a token, standard error {:.2g}: (H0 - loss)/ln 2, H0 the\n"
      "                  {:.6g} nats of the tokens' frequencies (uniform: {:.6g})\n",
      r.bits_recovered(), r.bits_standard_error(), r.unigram_entropy,
      std::log(static_cast<double>(r.vocabulary)));
  table += fmt::format(
      "accuracy          {:.4g}% (95 %: {:.4g}% … {:.4g}%, Wilson), chance {:.4g}%: the most\n"
      "                  frequent token alone\naccuracy by position\n",
      100 * r.curve.all().share(), 100 * low, 100 * high, 100 * r.chance);
  const auto& positions = r.curve.by_position();
  const std::size_t m = positions.size(), groups = std::min(position_groups, m);
  for (std::size_t g = 0; g < groups; ++g)
    table += group_line(positions, g * m / groups, (g + 1) * m / groups);
  return table;
}

ordered_json retention_json(const RetentionReport& r) {
  const auto [low, high] = r.curve.all().interval();
  ordered_json positions = ordered_json::array();
  for (std::size_t t = 0; t < r.curve.by_position().size(); ++t) {
    const AnswerShare& share = r.curve.by_position()[t];
    const auto [from, to] = share.interval();
    positions.push_back({{"position", t},
                         {"answers", share.answers()},
                         {"correct", share.correct()},
                         {"accuracy", number(share.share())},
                         {"interval_95", {from, to}}});
  }
  return {{"encoder", r.encoder},
          {"encoder_untrained", r.untrained},
          {"seed", r.seed},
          {"decoder", r.decoder},
          {"code_from_end", r.code_from_end},
          {"status", "numerical"},
          {"sequences", r.summary.sequences},
          {"loss", number(r.summary.loss)},
          {"loss_standard_error", number(r.summary.standard_error)},
          {"unigram_entropy", number(r.unigram_entropy)},
          {"uniform_entropy", std::log(static_cast<double>(r.vocabulary))},
          {"bits_recovered", number(r.bits_recovered())},
          {"bits_recovered_standard_error", number(r.bits_standard_error())},
          {"formula", "(unigram_entropy - loss)/ln 2 a token"},
          {"accuracy", number(r.curve.all().share())},
          {"interval_95", {low, high}},
          {"interval", "Wilson 95 %, effective number of answers by the spread between sequences"},
          {"chance", number(r.chance)},
          {"by_position", positions}};
}

}  // namespace tmm::io
