// SPDX-License-Identifier: MIT
#include "io/study/repair_files.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "io/files/half.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::io {
namespace {

/// Where the taps of an operator stand: row `row` of `tensor`, n numbers.
struct Row {
  std::string tensor;
  std::size_t row = 0;
};

/// "NAME[3]" is row 3 of NAME, unless there is a tensor of the whole name.
Row row_of(const std::string& name, const model::StateDict& state) {
  if (state.contains(name)) return {name, 0};
  const std::size_t bracket = name.rfind('[');
  if (bracket == std::string::npos || !name.ends_with(']')) return {name, 0};
  std::size_t row = 0;
  for (std::size_t i = bracket + 1; i + 1 < name.size(); ++i)
    row = 10 * row + static_cast<std::size_t>(name[i] - '0');
  return {name.substr(0, bracket), row};
}

[[noreturn]] void refuse(const model::StateDict& state, const model::LayerOperator& layer,
                         const std::string& found) {
  throw FormatError(
      "the taps of this operator are not what is stored, so others cannot be put in their place",
      {state.source(), layer.name, "taps as stored", found,
       "Choose other operators with --layers, or none of this family"});
}

/// The row that holds exactly these taps.
Row require_row(const model::StateDict& state, const model::LayerOperator& layer) {
  if (layer.kind != model::OperatorKind::toeplitz) refuse(state, layer, "a dense matrix");
  if (!layer.derivation.empty()) refuse(state, layer, layer.derivation);
  if (!layer.row_divisor.empty()) refuse(state, layer, "rows divided by sums of them");
  Row place = row_of(layer.name, state);
  const model::Tensor* tensor = state.find(place.tensor);
  const std::size_t n = layer.taps.size();
  const auto differs = [&] {
    if (tensor == nullptr || tensor->info.size() < (place.row + 1) * n) return true;
    const auto values = tensor->as_double();
    return !std::equal(layer.taps.begin(), layer.taps.end(),
                       values.begin() + static_cast<std::ptrdiff_t>(place.row * n));
  };
  if (differs()) refuse(state, layer, "another arrangement of them");
  return place;
}

/// The bytes of one number in its storage type.
std::vector<std::byte> encoded(double value, model::DType type) {
  const auto bytes = [](auto number) {
    std::vector<std::byte> result(sizeof number);
    std::memcpy(result.data(), &number, sizeof number);
    return result;
  };
  switch (type) {
    case model::DType::float16:
      return bytes(to_float16(value));
    case model::DType::bfloat16:
      return bytes(to_bfloat16(value));
    case model::DType::float32:
      return bytes(static_cast<float>(value));
    case model::DType::float64:
      break;
  }
  return bytes(value);
}

double rounded(double value, model::DType type) {
  switch (type) {
    case model::DType::float16:
      return from_float16(to_float16(value));
    case model::DType::bfloat16:
      return from_bfloat16(to_bfloat16(value));
    case model::DType::float32:
      return static_cast<float>(value);
    case model::DType::float64:
      break;
  }
  return value;
}

RepairedLayer repair_layer(const model::StateDict& state, const model::LayerOperator& layer,
                           const analysis::RepairTarget& target, std::uint64_t stream) {
  const Row place = require_row(state, layer);
  RepairedLayer result{layer, place.tensor, place.row, {}, {}, {}};
  try {
    result.repair = analysis::repair(layer.taps, target, stream);
  } catch (const ArgumentError& e) {
    throw ArgumentError(e.what(), {state.source(), layer.name, "", "", ""});
  }
  const auto& exact = result.repair.reflection.taps;
  for (const double w : exact) result.stored.push_back(rounded(w, layer.dtype));
  if (!result.changed()) {
    result.after = result.repair.before;
    return result;
  }
  for (std::size_t k = 0; k < exact.size(); ++k)
    if (!std::isfinite(result.stored[k]))
      throw FormatError("the repaired taps are beyond the range of their type",
                        {state.source(), layer.name, std::string(model::name(layer.dtype)),
                         "tap " + std::to_string(k) + " = " + std::to_string(exact[k]), ""});
  result.after = analysis::winding_number(result.stored);
  const auto compared = analysis::compare_moduli(layer.taps, result.stored);
  result.modulus_error = compared.error;
  for (std::size_t k = 0; k < exact.size(); ++k)
    result.rounding += std::fabs(result.stored[k] - exact[k]) / compared.largest;
  return result;
}

}  // namespace

std::vector<RepairedLayer> repair_layers(const TensorSource& source, const RepairRequest& request) {
  const auto state = read_checkpoint(source, Selection::token_mixing, request.assumptions.contradictions);
  const auto all = model::layer_operators(state, request.assumptions);
  const auto chosen = model::LayerSelection(request.layers).select(all, source.header().path);
  std::vector<RepairedLayer> layers(chosen.size());
  model::parallel_for(chosen.size(), request.threads, [&](std::size_t i, std::size_t) {
    layers[i] = repair_layer(state, chosen[i], request.target, i);
  });
  return layers;
}

ReplacedArrays repaired_arrays(const TensorSource& source, std::span<const RepairedLayer> layers) {
  ReplacedArrays arrays;
  for (const RepairedLayer& repaired : layers) {
    if (!repaired.changed()) continue;
    const DatasetInfo& info = source.datasets().at(repaired.tensor);
    auto& bytes = arrays[repaired.tensor];
    if (bytes.empty())
      source.read({&info, 1}, [&](std::size_t) {
        bytes.resize(info.bytes());
        return std::span(bytes);
      });
    auto to = bytes.begin() +
              static_cast<std::ptrdiff_t>(repaired.row * repaired.stored.size() * info.element_size);
    for (const double w : repaired.stored) to = std::ranges::copy(encoded(w, repaired.layer.dtype), to).out;
  }
  return arrays;
}

model::StateDict with_repaired(const model::StateDict& state, std::span<const RepairedLayer> layers) {
  std::map<std::string, std::vector<std::pair<std::size_t, const RepairedLayer*>>> rows;
  for (const RepairedLayer& repaired : layers) {
    if (!repaired.changed()) continue;
    rows[repaired.tensor].emplace_back(repaired.row, &repaired);
  }
  model::StateDict result(state.source());
  for (const auto& [name, tensor] : state.tensors()) {
    model::Tensor copy = tensor;
    if (const auto found = rows.find(name); found != rows.end())
      for (const auto& [row, repaired] : found->second)
        std::visit(
            [&, at = row, &taps = repaired->stored](auto& values) {
              using Number = typename std::decay_t<decltype(values)>::value_type;
              std::ranges::transform(taps, values.begin() + static_cast<std::ptrdiff_t>(at * taps.size()),
                                     [](double w) { return static_cast<Number>(w); });
            },
            copy.values);
    result.insert(std::move(copy));
  }
  return result;
}

}  // namespace tmm::io
