// SPDX-License-Identifier: MIT
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/evaluation/json_values.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::NetworkJacobian, analysis::RetentionProfile, analysis::SampleJacobian,
    analysis::SampleSummary, analysis::Status;
using nlohmann::ordered_json;

/// An infinite value, which JSON does not have, as null and value_text.
ordered_json measure_json(const Measure& m) {
  ordered_json json = {{"status", analysis::name(m.status)}, {"value", number(m.value)}};
  if (std::isinf(m.value)) json["value_text"] = m.value > 0 ? "inf" : "-inf";
  if (m.status == Status::below_precision)
    json["bound"] = m.bound == Measure::Bound::upper ? "upper" : "lower";
  else if (m.status != Status::undecided && m.status != Status::not_defined)
    json["error"] = number(m.error);
  json["method"] = m.method;
  return json;
}

ordered_json summary_json(const SampleSummary& s) {
  ordered_json json = {{"samples", s.samples}, {"known", s.known}};
  if (s.known == 0) {
    json.update(measure_json(*s.instead));
    return json;
  }
  json.update({{"status", "numerical"},
               {"mean", number(s.mean)},
               {"standard_deviation", number(s.deviation)},
               {"least", number(s.least)},
               {"most", number(s.most)},
               {"error", number(s.error)},
               {"method", s.method}});
  return json;
}

template <class Get>
ordered_json summaries_json(const NetworkJacobian& jacobian, const Get& get) {
  ordered_json json = ordered_json::object();
  for (const SampleSummary& s : analysis::summarize_maps(jacobian, get)) json[s.id] = summary_json(s);
  return json;
}

template <class Get>
ordered_json map_json(const NetworkJacobian& jacobian, const Get& get) {
  const analysis::MapSpectrum& first = get(jacobian.samples.front());
  ordered_json samples = ordered_json::array();
  for (const SampleJacobian& sample : jacobian.samples) {
    ordered_json measures = ordered_json::object();
    for (const auto& [id, measure] : get(sample).measures) measures[id] = measure_json(measure);
    samples.push_back(std::move(measures));
  }
  return {{"rows", first.rows},
          {"columns", first.cols},
          {"all_singular_values", !first.values.empty()},
          {"measures", summaries_json(jacobian, get)},
          {"by_sample", samples}};
}

/// Means over samples; null where no sample is above rounding.
template <class Get>
ordered_json profile_json(const NetworkJacobian& jacobian, const Get& get, bool norm2 = false) {
  std::vector<const RetentionProfile*> profiles;
  for (const SampleJacobian& sample : jacobian.samples) profiles.push_back(&get(sample));
  const auto summary = analysis::summarize(profiles, norm2);
  ordered_json mean = ordered_json::array(), deviation = ordered_json::array();
  for (std::size_t t = 0; t < summary.mean.size(); ++t) {
    mean.push_back(number(summary.mean[t]));
    deviation.push_back(number(summary.deviation[t]));
  }
  return {{"mean", mean},
          {"standard_deviation", deviation},
          {"known", summary.known},
          {"below_precision_under", summary.floor}};
}

ordered_json blocks_json(const NetworkJacobian& jacobian) {
  ordered_json blocks = ordered_json::array();
  for (std::size_t i = 0; i < jacobian.samples.front().blocks.size(); ++i) {
    const auto& first = jacobian.samples.front().blocks[i];
    ordered_json parts = ordered_json::object();
    for (std::size_t k = 0; k < first.parts.size(); ++k)
      parts[first.parts[k].part] = summaries_json(
          jacobian, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].parts[k].spectrum; });
    blocks.push_back(
        {{"name", first.name},
         {"parts", parts},
         {"retention",
          {{"token_branch",
            profile_json(
                jacobian, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].token_branch; })},
           {"block",
            profile_json(
                jacobian, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].block; })}}}});
  }
  return blocks;
}

ordered_json effective_positions_json(const NetworkJacobian& jacobian) {
  std::vector<Measure> values;
  for (const SampleJacobian& sample : jacobian.samples) values.push_back(sample.effective_positions);
  return summary_json(analysis::summarize("effective_positions", values));
}

}  // namespace

void describe_derivative(const model::Tmm<double>& network, JacobianReport& report) {
  const analysis::JacobianShape& shape = report.result.shape;
  const bool through = shape.end_step > shape.vector_step;
  const auto after = [&](std::size_t blocks) {
    return "residual stream after " + network.blocks[blocks - 1].name;
  };
  const std::size_t all = network.blocks.size(), encoder = network.encoder_blocks;
  if (network.autoencoder() && !through)
    report.stream = after(encoder) + ", the encoder's last block";
  else
    report.stream = after(all) + (network.final_norm.weight.empty() ? "" : ", before the final norm");
  report.vector = (through ? after(encoder) : report.stream) + ", at position " +
                  std::to_string(shape.position) + (network.autoencoder() ? ": the code" : "");
}

std::string jacobian_json(const JacobianReport& r) {
  const NetworkJacobian& j = r.result;
  const auto retention = [](const SampleJacobian& s) -> const auto& {
    return s.retention;
  };
  ordered_json outcomes = ordered_json::object();
  for (const auto& [name, value] : jacobian_outcomes(r)) outcomes[name] = value;
  ordered_json rounding = ordered_json::array();
  for (const SampleJacobian& sample : j.samples) rounding.push_back(number(sample.rounding));
  ordered_json report = {{"schema", "tmm.jacobian"},
                         {"schema_version", 1},
                         {"command", "jacobian"},
                         {"file", r.file},
                         {"sha256", r.sha256},
                         {"tokens",
                          {{"source", r.source},
                           {"objective", r.objective},
                           {"sequences", r.sequences},
                           {"samples", r.chosen},
                           {"length", j.shape.length},
                           {"seed", j.options.seed}}},
                         {"arithmetic", "float64"},
                         {"derivative",
                          {{"by", "embedded input"},
                           {"stream", r.stream},
                           {"vector", r.vector},
                           {"position", j.shape.position},
                           {"embedding", j.shape.dimension}}},
                         {"options",
                          {{"lanczos_steps", j.options.steps},
                           {"probes", j.options.probes},
                           {"full_up_to", j.options.full_limit}}},
                         {"float32_threshold", "max(rows, columns)*2^-23*sigma_max"},
                         {"stream", map_json(
                                        j, [](const SampleJacobian& s) -> const auto& { return s.stream; })},
                         {"vector", map_json(
                                        j, [](const SampleJacobian& s) -> const auto& { return s.vector; })},
                         {"retention",
                          {{"of", "norm of d(vector)/d(embedded input at t), by position t"},
                           {"frobenius", profile_json(j, retention)},
                           {"norm_2", profile_json(j, retention, true)},
                           {"effective_positions", effective_positions_json(j)},
                           {"rounding", rounding}}}};
  if (!j.samples.front().blocks.empty()) report["blocks"] = blocks_json(j);
  report["jacobian"] = {{"outcomes", outcomes}};
  if (!r.warnings.empty()) report["warnings"] = r.warnings;
  return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tmm::io
