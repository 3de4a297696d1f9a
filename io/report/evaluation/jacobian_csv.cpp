// SPDX-License-Identifier: MIT
#include <cmath>

#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/evaluation/jacobian_report.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::NetworkJacobian, analysis::RetentionProfile, analysis::SampleJacobian,
    analysis::SampleSummary, analysis::Status;

std::string number(double value) {
  return std::isnan(value) ? "" : format_shortest(value);
}

/// What a row is about: "stream", "vector" or a part of a block.
struct Place {
  std::string object, block;
};

std::string start(const JacobianReport& r, const Place& place) {
  return csv_field(r.file) + ',' + place.object + ',' + csv_field(place.block) + ',';
}

std::string row(const JacobianReport& r, const Place& place, const SampleSummary& s) {
  const std::string counts = std::to_string(s.known) + ',' + std::to_string(s.samples);
  std::string text = start(r, place) + ',' + s.id + ',';
  if (s.known != 0)
    return text + "numerical," + number(s.mean) + ',' + number(s.deviation) + ',' + number(s.least) + ',' +
           number(s.most) + ',' + number(s.error) + ",,," + counts + ',' + csv_field(s.method) + '\n';
  const Measure& m = *s.instead;
  const bool bound = m.status == Status::below_precision;
  text += std::string(analysis::name(m.status)) + ',' + (bound ? "" : number(m.value)) + ",,,,,";
  text += (bound && m.bound == Measure::Bound::lower ? number(m.value) : "") + ',';
  text += (bound && m.bound == Measure::Bound::upper ? number(m.value) : "") + ',';
  return text + counts + ',' + csv_field(m.method) + '\n';
}

template <class Get>
std::string map_rows(const JacobianReport& r, const Place& place, const Get& get) {
  std::string text;
  for (const SampleSummary& s : analysis::summarize_maps(r.result, get)) text += row(r, place, s);
  return text;
}

template <class Get>
std::string profile_rows(const JacobianReport& r, const Place& place, const char* id, bool norm2,
                         const Get& get) {
  std::vector<const RetentionProfile*> profiles;
  for (const SampleJacobian& sample : r.result.samples) profiles.push_back(&get(sample));
  const auto summary = analysis::summarize(profiles, norm2);
  std::string text;
  for (std::size_t t = 0; t < summary.mean.size(); ++t) {
    const bool known = summary.known[t] != 0;
    text += start(r, place) + std::to_string(t) + ',' + id + ',' +
            (known ? "numerical," : "below precision,") + number(summary.mean[t]) + ',' +
            number(summary.deviation[t]) + ",,," + (known ? number(summary.floor) : "") + ",," +
            (known ? "" : number(summary.floor)) + ',' + std::to_string(summary.known[t]) + ',' +
            std::to_string(r.result.samples.size()) + ",\n";
  }
  return text;
}

}  // namespace

std::string jacobian_csv(const JacobianReport& r) {
  std::string text =
      "file,object,block,position,measure,status,mean,standard_deviation,least,most,error,lower_bound,"
      "upper_bound,known,samples,method\n";
  const NetworkJacobian& j = r.result;
  const auto retention = [](const SampleJacobian& s) -> const auto& {
    return s.retention;
  };
  text += map_rows(
      r, {"stream", ""}, [](const SampleJacobian& s) -> const auto& { return s.stream; });
  text += map_rows(
      r, {"vector", ""}, [](const SampleJacobian& s) -> const auto& { return s.vector; });
  std::vector<Measure> positions;
  for (const SampleJacobian& sample : j.samples) positions.push_back(sample.effective_positions);
  text += row(r, {"vector", ""}, analysis::summarize("effective_positions", positions));
  text += profile_rows(r, {"vector", ""}, "retention_frobenius", false, retention);
  text += profile_rows(r, {"vector", ""}, "retention_norm_2", true, retention);
  for (std::size_t i = 0; i < j.samples.front().blocks.size(); ++i) {
    const auto& block = j.samples.front().blocks[i];
    for (std::size_t k = 0; k < block.parts.size(); ++k)
      text += map_rows(
          r, {block.parts[k].part, block.name}, [=](const SampleJacobian& s) -> const auto& {
            return s.blocks[i].parts[k].spectrum;
          });
    text += profile_rows(
        r, {"token_branch", block.name}, "retention_frobenius",
        false, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].token_branch; });
    text += profile_rows(
        r, {"block", block.name}, "retention_frobenius",
        false, [=](const SampleJacobian& s) -> const auto& { return s.blocks[i].block; });
  }
  return text;
}

}  // namespace tmm::io
