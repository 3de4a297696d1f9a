// SPDX-License-Identifier: MIT
#include "model/checkpoint/missing_layers.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "model/base/text.hpp"
#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/checkpoint/wrapper_names.hpp"

namespace tmm::model {
namespace {

std::string describe_found(std::span<const TensorInfo> tensors) {
  constexpr std::size_t shown = 12;
  if (tensors.empty()) return "no floating-point tensor";
  std::string list = "these tensors:";
  for (std::size_t i = 0; i < std::min(shown, tensors.size()); ++i)
    list += "\n  " + printable(tensors[i].name) + " " + format_shape(tensors[i].shape);
  if (tensors.size() > shown) list += "\n  and " + std::to_string(tensors.size() - shown) + " more";
  return list;
}

bool is_step(std::string_view container) {
  container.remove_suffix(1);
  return std::ranges::all_of(container, [](char c) { return c >= '0' && c <= '9'; });
}

/// A hint for a file whose layers are not where they should be, empty if none were seen.
std::string where_layers_are(std::span<const TensorInfo> tensors) {
  std::set<std::string> containers;
  for (const TensorInfo& t : tensors) {
    const auto place = parse_block_tensor(t.name);
    if (constexpr std::string_view layer = "token_mixing_layer.";
        place && place->rest.starts_with(layer) && !place->rest.ends_with("bias"))
      return printable(t.name) + " is " + meaning_below_mixing(place->rest.substr(layer.size())) +
             ": store the weight that the layer applies (merged, dequantised) under its usual name";
    if (const auto container = block_container(t.name); !container.empty()) containers.emplace(container);
  }
  if (containers.empty()) return "";
  if (std::ranges::all_of(containers, is_step))
    return "This is a trajectory (STEP.NAME): tmm compare draws it beside a checkpoint";
  if (containers == std::set<std::string>{"first.", "parameters.", "second."})
    return "This is the state of a training run: its network is in model.h5 beside it";
  std::string list;
  for (const std::string& container : containers) list += (list.empty() ? "" : ", ") + printable(container);
  const std::string name = printable(*std::ranges::min_element(containers, {}, &std::string::size));
  return "Blocks stand below " + list +
         (containers.size() == 1
              ? ", which is no wrapper's name that is known here. If that is the network:"
              : ", and none at the top: which of them is the network? If it is " + name + ":") +
         " --copy " + name;
}

}  // namespace

FormatError no_toeplitz_layer(std::span<const TensorInfo> tensors, const std::string& source) {
  return FormatError(
      "no Toeplitz layer: no tensor is named mixer_blocks.N.token_mixing_layer.….weight, nor so in "
      "encoderblocks or decoderblocks. Found " +
          describe_found(tensors),
      {source, "", "", "", where_layers_are(tensors)});
}

}  // namespace tmm::model
