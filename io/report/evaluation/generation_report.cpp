// SPDX-License-Identifier: MIT
#include "io/report/evaluation/generation_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "io/report/evaluation/json_values.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using nlohmann::ordered_json;

std::string document(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string status_of(const model::ContinuationScore& score) {
  return std::isfinite(score.log_likelihood) ? "numerical" : "overflow";
}

}  // namespace

std::string generation_json(const GenerationReport& r) {
  std::vector<std::int32_t> tokens = r.prompt;
  std::vector<double> logprobs;
  for (const model::Choice& choice : r.generation.tokens) {
    tokens.push_back(choice.id);
    logprobs.push_back(choice.log_probability);
  }
  const model::Sampling& sampling = r.settings.sampling;
  ordered_json json = {
      {"schema_version", 1},
      {"command", "generate"},
      {"file", r.file},
      {"sha256", r.sha256},
      {"precision", r.precision},
      {"status", "numerical"},
      {"sampling",
       {{"temperature", sampling.temperature},
        {"top_k", sampling.top_k == 0 ? ordered_json(nullptr) : ordered_json(sampling.top_k)},
        {"top_p", sampling.top_p},
        {"seed", sampling.seed}}},
      {"cache", r.settings.cached},
      {"window", r.settings.window},
      {"prompt_tokens", r.prompt.size()},
      {"tokens", tokens},
      {"logprobs", logprobs}};
  if (r.text) json["text"] = std::string(tokens.begin(), tokens.end());
  json["prefill_s"] = r.generation.prefill_seconds;
  json["tokens_per_s"] = number(r.generation.tokens_per_second());
  json["threads"] = r.settings.threads;
  if (!r.warnings.empty()) json["warnings"] = r.warnings;
  return document(json);
}

std::string continuation_table(const ContinuationReport& r) {
  std::string table = fmt::format(
      "file              {}\nrequests          {}: {} with {} different contexts\narithmetic        {}\n\n",
      model::printable(r.file), model::printable(r.source), r.requests.size(), r.contexts, r.precision);
  std::vector<TextColumn> columns(4);
  const char* headings[] = {"line", "tokens", "log-likelihood", "greedy"};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].heading[1] = headings[i];
  for (std::size_t i = 0; i < r.scores.size(); ++i) {
    const model::ContinuationScore& score = r.scores[i];
    columns[0].cells.push_back(std::to_string(r.lines[i]));
    columns[1].cells.push_back(std::to_string(r.requests[i].continuation.size()));
    columns[2].cells.push_back(
        std::isfinite(score.log_likelihood) ? fmt::format("{:.6g}", score.log_likelihood) : "overflow");
    columns[3].cells.push_back(score.greedy ? "yes" : "no");
  }
  for (const std::string& line : layout_columns(columns)) table += line + "\n";
  for (const std::string& warning : r.warnings) table += wrap("! " + model::printable(warning), 80, 2);
  return table;
}

std::string continuation_json(const ContinuationReport& r) {
  ordered_json scores = ordered_json::array();
  for (std::size_t i = 0; i < r.scores.size(); ++i)
    scores.push_back({{"line", r.lines[i]},
                      {"tokens", r.requests[i].continuation.size()},
                      {"log_likelihood", number(r.scores[i].log_likelihood)},
                      {"greedy", r.scores[i].greedy},
                      {"status", status_of(r.scores[i])}});
  ordered_json json = {{"schema_version", 1},    {"command", "evaluate --continuations"},
                       {"file", r.file},         {"sha256", r.sha256},
                       {"source", r.source},     {"precision", r.precision},
                       {"contexts", r.contexts}, {"continuations", scores},
                       {"seconds", r.seconds},   {"threads", r.threads}};
  if (!r.warnings.empty()) json["warnings"] = r.warnings;
  return document(json);
}

}  // namespace tmm::io
