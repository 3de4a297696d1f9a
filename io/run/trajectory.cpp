// SPDX-License-Identifier: MIT
#include "io/run/trajectory.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "model/base/error.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::io {
namespace {

/// "200.mixer_blocks.0.…" as 200 and the rest.
std::optional<std::pair<std::uint64_t, std::string>> split(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + dot, step);
  if (error != std::errc() || end != name.data() + dot) return std::nullopt;
  return std::pair(step, std::string(name.substr(dot + 1)));
}

}  // namespace

bool is_trajectory(const CheckpointHeader& header) {
  return !header.tensors.empty() && std::ranges::all_of(header.tensors, [](const model::TensorInfo& tensor) {
    return split(tensor.name).has_value();
  });
}

std::vector<analysis::RecordedStep> read_trajectory(const std::string& path,
                                                    const model::Assumptions& assumptions,
                                                    std::vector<model::Contradiction>* found) {
  const model::StateDict all = read_checkpoint(path);
  std::map<std::uint64_t, model::StateDict> by_step;
  for (const auto& [name, tensor] : all.tensors()) {
    auto place = split(name);
    if (!place) throw FormatError("not a trajectory", {path, name, "tensors named STEP/NAME", "", ""});
    model::Tensor renamed = tensor;
    renamed.info.name = place->second;
    by_step.try_emplace(place->first, path + ", step " + std::to_string(place->first))
        .first->second.insert(std::move(renamed));
  }
  std::vector<analysis::RecordedStep> steps;
  for (const auto& [step, state] : by_step) {
    steps.push_back({step, model::toeplitz_layers(state, assumptions)});
    if (found != nullptr && found->empty()) *found = model::contradictions_of(state);
  }
  return steps;
}

}  // namespace tmm::io
