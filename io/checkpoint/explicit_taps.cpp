// SPDX-License-Identifier: MIT
#include "io/checkpoint/explicit_taps.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace tmm::io {
namespace {

std::string plural(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string lengths(const std::vector<model::LayerOperator>& operators) {
  const auto size = [](const model::LayerOperator& layer) { return layer.taps.size(); };
  const auto [least, most] = std::ranges::minmax(operators, {}, size);
  return least.taps.size() == most.taps.size() ? std::to_string(least.taps.size())
                                               : fmt::format("{} to {}", least.taps.size(), most.taps.size());
}

std::string origin(const model::TapsRequest& request) {
  const std::string steps = describe_steps(request);
  return fmt::format(
      "Explicit taps: every row of the arrays \"{}\" is taken for the taps of one causal Toeplitz "
      "operator{}; "
      "that the network applies it is the caller's statement. There is no null model: how these weights "
      "start is not known.",
      request.glob, steps.empty() ? ", as stored" : ", in this order: " + steps);
}

std::string unfit_arrays(const std::vector<model::UnfitArray>& arrays) {
  std::string list;
  for (const model::UnfitArray& array : arrays)
    list += (list.empty() ? "" : "; ") + array.name + " " + array.why;
  return "Not analysed, as they match and hold no taps: " + list;
}

}  // namespace

ExplicitTaps read_explicit_taps(const TensorSource& source, const model::TapsRequest& request,
                                model::Contradictions contradictions) {
  const CheckpointHeader& header = source.header();
  model::ChosenTaps chosen = model::choose_taps(header.tensors, request, header.path);
  for (const IgnoredDataset& dataset : header.ignored)
    if (::fnmatch(request.glob.c_str(), dataset.name.c_str(), 0) == 0)
      chosen.unfit.push_back({dataset.name, dataset.type});
  std::vector<std::string> names = chosen.weights;
  names.insert(names.end(), chosen.first.begin(), chosen.first.end());
  const model::StateDict state = read_tensors(source, names);
  ExplicitTaps taps;
  taps.operators = model::explicit_operators(state, request, chosen,
                                             contradictions == model::Contradictions::assume_toeplitz);
  const std::string steps = describe_steps(request);
  taps.description = fmt::format("explicit taps \"{}\"{}, {} of {}, n = {}", request.glob,
                                 steps.empty() ? "" : ", " + steps, plural(taps.operators.size(), "row"),
                                 plural(chosen.weights.size(), "array"), lengths(taps.operators));
  taps.remarks.push_back(origin(request));
  if (!chosen.unfit.empty()) taps.remarks.push_back(unfit_arrays(chosen.unfit));
  return taps;
}

}  // namespace tmm::io
