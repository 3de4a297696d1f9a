// SPDX-License-Identifier: MIT
#include "io/report/step_curves.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/analyze.hpp"
#include "analysis/symbol/zeros.hpp"
#include "io/json/json_text.hpp"
#include "io/report/packed_numbers.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t most_steps = 12;
constexpr std::size_t most_weights = std::size_t{1}
                                     << 18U;  // 1.4 MB of taps and as much of zeros on the page

bool has_symbol(const model::LayerOperator& layer) {
  return layer.kind != model::OperatorKind::dense_causal && !layer.taps.empty();
}

std::string zeros_json(const std::vector<double>& taps) {
  if (taps.size() > analysis::AnalyzeOptions::largest_automatic_zeros) return "null";
  const analysis::Zeros zeros = analysis::symbol_zeros(taps);
  std::vector<double> re, im;
  std::vector<std::size_t> counts;
  const auto append = [&](const analysis::Zero& zero) {
    re.push_back(zero.z.real());
    im.push_back(zero.z.imag());
  };
  re.assign(zeros.at_origin, 0);
  im.assign(zeros.at_origin, 0);
  for (const double side : {-1., 1., 0.}) {
    for (const analysis::Zero& zero : zeros.zeros) {
      const double off = std::abs(zero.z) - 1;
      const double where = std::fabs(off) <= zero.radius ? 0. : std::copysign(1., off);
      if (zero.z.imag() >= 0 && where == side) append(zero);
    }
    counts.push_back(re.size());
  }
  return json_line({{"re", packed<float>(re)},
                    {"im", packed<float>(im)},
                    {"inside", std::to_string(counts[0])},
                    {"outside", std::to_string(counts[1] - counts[0])}});
}

std::string at_json(const SteppedOperator::At& at) {
  const bool certified = at.winding.status == analysis::IndexStatus::certified;
  return json_line({{"step", std::to_string(at.step)},
                    {"status", json_string(analysis::name(at.winding.status))},
                    {"number", certified ? std::to_string(at.winding.number) : "null"},
                    {"margin", certified ? json_number(at.winding.margin) : "null"},
                    {"taps", packed_taps(at.taps)},
                    {"zeros", zeros_json(at.taps)}});
}

}  // namespace

std::vector<analysis::RecordedStep> shown_steps(std::vector<analysis::RecordedStep> steps) {
  std::ranges::sort(steps, {}, &analysis::RecordedStep::step);
  if (steps.empty()) return steps;
  std::size_t weights = 1;
  for (const model::LayerOperator& layer : steps.back().layers) weights += layer.taps.size();
  const std::size_t count =
      std::min(steps.size(), std::clamp(most_weights / weights, std::size_t{2}, most_steps));
  std::vector<analysis::RecordedStep> shown;
  for (std::size_t k = 0; k < count; ++k)
    shown.push_back(std::move(steps[count > 1 ? k * (steps.size() - 1) / (count - 1) : 0]));
  return shown;
}

StepCurves step_curves(const analysis::Trajectory& trajectory, std::span<const analysis::RecordedStep> shown,
                       std::size_t recorded) {
  StepCurves curves{trajectory.label, recorded, {}, {}, 0};
  std::set<std::string> dropped;
  std::size_t weights = 0;
  for (const analysis::RecordedStep& recorded_step : shown) curves.steps.push_back(recorded_step.step);
  for (const analysis::RecordedStep& at : shown) {
    const auto point = std::ranges::find(trajectory.points, at.step, &analysis::Trajectory::Point::step);
    if (point == trajectory.points.end()) continue;
    for (std::size_t i = 0; i < at.layers.size(); ++i) {
      if (!has_symbol(at.layers[i])) continue;
      const std::string label = model::layer_label(at.layers[i]);
      auto place = std::ranges::find(curves.operators, label, &SteppedOperator::layer);
      if (place == curves.operators.end()) {
        const std::size_t all_steps = at.layers[i].taps.size() * shown.size();
        if (weights + all_steps > most_weights) {
          dropped.insert(label);
          continue;
        }
        weights += all_steps;
        place = curves.operators.insert(place, {label, {}});
      }
      place->steps.push_back({at.step, point->operators.at(i).winding, at.layers[i].taps});
    }
  }
  curves.left_out = dropped.size();
  return curves;
}

std::vector<std::pair<std::string, std::string>> step_elements(const StepCurves& curves, std::size_t k) {
  if (!curves.shown()) return {};
  const std::string id = "steps-" + std::to_string(k);
  std::vector<std::string> steps, labels;
  std::vector<std::vector<std::string>> texts;
  std::vector<std::pair<std::size_t, std::size_t>> work;  // operator, step
  for (const std::uint64_t step : curves.steps) steps.push_back(std::to_string(step));
  for (std::size_t j = 0; j < curves.operators.size(); ++j) {
    labels.push_back(json_string(curves.operators[j].layer));
    texts.emplace_back(curves.operators[j].steps.size());
    for (std::size_t i = 0; i < texts[j].size(); ++i) work.emplace_back(j, i);
  }
  model::parallel_for(work.size(), model::default_threads(), [&](std::size_t i, std::size_t) {
    const auto [j, step] = work[i];
    texts[j][step] = at_json(curves.operators[j].steps[step]);
  });
  std::vector<std::pair<std::string, std::string>> elements{
      {id, json_line({{"file", json_string(curves.file)},
                      {"recorded", std::to_string(curves.recorded)},
                      {"steps", json_array(steps, 1)},
                      {"left_out", std::to_string(curves.left_out)},
                      {"operators", json_array(labels, 1)}})}};
  for (std::size_t j = 0; j < texts.size(); ++j)
    elements.emplace_back(id + "-" + std::to_string(j), json_array(texts[j], 1));
  return elements;
}

}  // namespace tmm::io
