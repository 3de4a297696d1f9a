// SPDX-License-Identifier: MIT
#include <algorithm>

#include "io/json/json_text.hpp"
#include "io/report/evaluation/jacobian_cells.hpp"
#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/packed_numbers.hpp"
#include "io/report/report_html.hpp"

namespace tmm::io {
namespace {

using analysis::MapSpectrum, analysis::Measure, analysis::NetworkJacobian, analysis::SampleJacobian,
    analysis::SampleSummary;

constexpr std::size_t most_spectra = 8;  // of samples: more than that are not told apart in a chart

/// ["mean", "s.d.", "least", "most", "known"], as the terminal prints them.
std::string cells_json(const SampleSummary& summary) {
  return json_list(summary_cells(summary));
}

template <class Get>
std::string map_cells(const NetworkJacobian& jacobian, const Get& get) {
  JsonMembers members;
  for (const SampleSummary& s : analysis::summarize_maps(jacobian, get))
    members.emplace_back(s.id, cells_json(s));
  return json_line(members);
}

/// What is not above its error stands among the bounds, σ + error: no noise is drawn as a value.
std::string spectrum_json(const MapSpectrum& map) {
  const auto end = map.values.begin() + static_cast<std::ptrdiff_t>(analysis::known_values(map));
  const std::vector<double> known(map.values.begin(), end);
  std::vector<double> bounds(end, map.values.end());
  for (double& sigma : bounds) sigma += map.error;
  return json_line(
      {{"values", packed<double>(known)},
       {"upper_bounds", packed<double>(bounds)},
       {"error", json_number(map.error)},
       {"float32_threshold", known.empty() ? "null" : json_number(analysis::float32_threshold(map))}});
}

/// One a sample; none where only the ends of a spectrum were computed.
std::string spectra_json(const NetworkJacobian& jacobian, MapSpectrum SampleJacobian::*which) {
  std::vector<std::string> spectra;
  for (const SampleJacobian& sample : jacobian.samples)
    if (spectra.size() < most_spectra && !(sample.*which).values.empty())
      spectra.push_back(spectrum_json(sample.*which));
  return json_array(spectra, 2);
}

std::string blocks_json(const NetworkJacobian& jacobian) {
  std::vector<std::string> blocks;
  for (std::size_t i = 0; i < jacobian.samples.front().blocks.size(); ++i) {
    JsonMembers parts;
    for (std::size_t k = 0; k < jacobian.samples.front().blocks[i].parts.size(); ++k)
      parts.emplace_back(jacobian.samples.front().blocks[i].parts[k].part,
                         map_cells(
                             jacobian, [=](const SampleJacobian& s) -> const auto& {
                               return s.blocks[i].parts[k].spectrum;
                             }));
    blocks.push_back(json_line(parts));
  }
  return json_array(blocks, 2);
}

std::string positions_json(const NetworkJacobian& jacobian) {
  std::vector<std::string> groups;
  for (const PositionGroup& group : position_groups(jacobian))
    groups.push_back(json_line({{"first", json_integer(group.first)},
                                {"last", json_integer(group.last)},
                                {"frobenius", json_string(group.frobenius)},
                                {"norm_2", json_string(group.norm2)}}));
  return json_array(groups, 2);
}

std::string effective_positions_json(const NetworkJacobian& jacobian) {
  std::vector<Measure> values;
  for (const SampleJacobian& sample : jacobian.samples) values.push_back(sample.effective_positions);
  return cells_json(analysis::summarize("effective_positions", values));
}

}  // namespace

std::string jacobian_html(const JacobianReport& report, const std::string& program_version) {
  const NetworkJacobian& j = report.result;
  const auto stream = [](const SampleJacobian& s) -> const auto& {
    return s.stream;
  };
  const auto vector = [](const SampleJacobian& s) -> const auto& {
    return s.vector;
  };
  const std::string shown =
      json_object({{"program", json_line({{"name", "\"tmm\""}, {"version", json_string(program_version)}})},
                   {"stream", map_cells(j, stream)},
                   {"vector", map_cells(j, vector)},
                   {"effective_positions", effective_positions_json(j)},
                   {"positions", positions_json(j)},
                   {"blocks", blocks_json(j)},
                   {"spectra", json_line({{"vector", spectra_json(j, &SampleJacobian::vector)},
                                          {"stream", spectra_json(j, &SampleJacobian::stream)}})}},
                  1);
  return page_html({{"jacobian", jacobian_json(report)}, {"shown", shown}});
}

}  // namespace tmm::io
