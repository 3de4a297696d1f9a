// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/block_operators.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {

bool is_block_tensor(std::string_view tensor, std::string_view part, std::string_view rest) {
  const auto place = parse_block_tensor(tensor);
  return place && place->part == part && place->rest == rest;
}

std::vector<std::string> block_tensor_names(std::span<const TensorInfo> tensors, std::string_view part,
                                            std::initializer_list<std::string_view> rests) {
  std::vector<std::pair<int, std::string>> found;
  for (const TensorInfo& t : tensors)
    for (const std::string_view rest : rests)
      if (is_block_tensor(t.name, part, rest)) found.emplace_back(parse_block_tensor(t.name)->block, t.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (auto& [block, name] : found) names.push_back(std::move(name));
  return names;
}

LayerOperator block_operator(const Tensor& tensor, std::optional<int> head, std::vector<double> taps) {
  const auto place = *parse_block_tensor(tensor.info.name);
  LayerOperator layer;
  layer.name = tensor.info.name;
  if (head) layer.name.append("[").append(std::to_string(*head)).append("]");
  layer.part = place.part;
  layer.block = place.block;
  layer.head = head;
  layer.dtype = tensor.info.dtype;
  layer.taps = std::move(taps);
  return layer;
}

LayerOperator dense_operator(const Tensor& tensor) {
  LayerOperator layer = block_operator(tensor, {}, {});
  layer.kind = OperatorKind::dense_causal;
  layer.matrix = tensor.as_double();
  return layer;
}

void set_derived(LayerOperator& layer, DerivedTaps derived, std::string derivation) {
  layer.taps = std::move(derived.taps);
  layer.tap_error_l1 = derived.error_l1;
  layer.network_taps = std::move(derived.network);
  layer.derivation = std::move(derivation);
}

std::vector<double> running_sums(const std::vector<double>& taps) {
  std::vector<double> sums(taps.size());
  std::partial_sum(taps.begin(), taps.end(), sums.begin());
  return sums;
}

std::vector<double> tensor_row(const Tensor& tensor, std::size_t row) {
  const std::size_t n = tensor.info.shape.back();
  const std::vector<double> values = tensor.as_double();
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * n);
  return {begin, begin + static_cast<std::ptrdiff_t>(n)};
}

}  // namespace tmm::model
