// SPDX-License-Identifier: MIT
#include "model/checkpoint/explicit_taps.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/contradiction.hpp"
#include "model/toeplitz/derived_taps.hpp"

namespace tmm::model {
namespace {

using Shape = std::vector<std::size_t>;

bool matches(const std::string& glob, const std::string& name) {
  return glob == name || ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

std::string describe_tensors(std::span<const TensorInfo> tensors) {
  constexpr std::size_t shown = 32;
  std::string list;
  for (const TensorInfo& t : tensors.first(std::min(shown, tensors.size())))
    list += "\n  " + printable(t.name) + "  " + format_shape(t.shape);
  if (tensors.size() > shown) list += fmt::format("\n  and {} more", tensors.size() - shown);
  return list.empty() ? "no tensor of floating-point numbers" : list;
}

/// The array's shape with time last.
Shape time_last(Shape shape, const TapsRequest& request) {
  if (request.transpose) std::rotate(shape.begin(), shape.begin() + 1, shape.end());
  return shape;
}

bool fits(const Shape& shape, const TapsRequest& request) {
  const std::size_t least = request.transpose ? 2 : 1;  // a single row has nothing to transpose
  return shape.size() >= least && shape.size() <= 3 && std::ranges::count(shape, std::size_t{0}) == 0;
}

Shape without_ones(Shape shape) {
  std::erase(shape, std::size_t{1});
  return shape;
}

/// Number of leading parts ("layers", "0", "mixer") that two names have in common.
std::size_t common_parts(const std::string& a, const std::string& b) {
  std::size_t parts = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) parts += a[i] == '.' ? 1 : 0;
  return parts;
}

/// The one of `candidates` that stands nearest to `weight`.
const TensorInfo& nearest(const std::vector<const TensorInfo*>& candidates, const std::string& weight,
                          const TapsRequest& request, const std::string& source) {
  std::vector<const TensorInfo*> best;
  std::size_t most = 0;
  for (const TensorInfo* candidate : candidates) {
    const std::size_t parts = common_parts(candidate->name, weight);
    if (parts > most) best.clear(), most = parts;
    if (parts == most) best.push_back(candidate);
  }
  if (best.size() == 1) return *best.front();
  throw FormatError("which tensor to add to tap 0 is not clear",
                    {source, weight, "one that matches \"" + request.add_to_first + "\" beside it",
                     printable(best[0]->name) + ", " + printable(best[1]->name), ""});
}

std::vector<std::string> pair_additions(std::span<const TensorInfo> tensors,
                                        const std::vector<const TensorInfo*>& weights,
                                        const TapsRequest& request, const std::string& source) {
  std::vector<const TensorInfo*> candidates;
  for (const TensorInfo& t : tensors)
    if (matches(request.add_to_first, t.name)) candidates.push_back(&t);
  if (candidates.empty())
    throw FormatError("no tensor matches \"" + printable(request.add_to_first) + "\"",
                      {source, "", "a glob over names of tensors", describe_tensors(tensors), ""});
  std::vector<std::string> first;
  std::set<std::string> used;
  for (const TensorInfo* weight : weights) {
    const TensorInfo& addition = nearest(candidates, weight->name, request, source);
    if (!used.insert(addition.name).second && candidates.size() > 1)
      throw FormatError("two arrays of taps would share a tensor at tap 0",
                        {source, addition.name, "one for each array", "another for " + weight->name, ""});
    Shape rows = time_last(weight->shape, request);
    rows.pop_back();
    if (addition.size() != 1 && without_ones(addition.shape) != without_ones(rows))
      throw FormatError("one number for each row is needed at tap 0",
                        {source, addition.name, format_shape(rows) + ", as the rows of " + weight->name,
                         format_shape(addition.shape), ""});
    first.push_back(addition.name);
  }
  for (const TensorInfo* candidate : candidates)
    if (!used.contains(candidate->name))
      throw FormatError("a tensor for tap 0 belongs to no array of taps",
                        {source, candidate->name, "one for each array", "no array beside it", ""});
  return first;
}

void require_finite(std::span<const double> values, const std::string& source, const std::string& tensor,
                    const char* what) {
  const auto bad = std::ranges::find_if(values, [](double w) { return !std::isfinite(w); });
  if (bad == values.end()) return;
  throw FormatError(what, {source, tensor, "finite numbers",
                           fmt::format("{} at position {}", *bad, bad - values.begin()), ""});
}

/// taps[0] + rest becomes taps[0] + addition, exactly (Knuth's two-sum).
void add_to_first(LayerOperator& layer, double addition) {
  const double w = layer.taps[0], sum = w + addition, part = sum - w;
  layer.taps[0] = sum;
  layer.rest = (w - (sum - part)) + (addition - part);
  if (layer.network_taps.empty()) return;
  double& network = layer.network_taps[0];
  network += addition;
  if (layer.dtype != DType::float64) network = static_cast<float>(network);
}

void transform(LayerOperator& layer, DerivedTaps derived) {
  layer.taps = std::move(derived.taps);
  layer.tap_error_l1 = derived.error_l1;
  layer.network_taps = std::move(derived.network);
}

void apply_steps(LayerOperator& layer, const TapsRequest& request) {
  const bool single = layer.dtype != DType::float64;
  if (request.reverse) std::ranges::reverse(layer.taps);
  if (request.transform == TapsRequest::Transform::softplus)
    transform(layer, softplus_taps(layer.taps, single));
  if (request.transform == TapsRequest::Transform::soft_threshold)
    transform(layer, soft_threshold_taps(layer.taps, request.threshold, single));
  layer.derivation = describe_steps(request);
}

/// Row r of a tensor as an operator, without what is added to its tap 0.
LayerOperator row_operator(const Tensor& tensor, const std::vector<double>& values, std::size_t r,
                           const TapsRequest& request) {
  const Shape shape = time_last(tensor.info.shape, request);
  const std::size_t n = shape.back(), rows = values.size() / n;
  LayerOperator layer;
  layer.name = tensor.info.name;
  layer.part = "taps";
  layer.dtype = tensor.info.dtype;
  if (shape.size() == 2) {
    layer.row = static_cast<int>(r);
    layer.name += fmt::format("[{}]", r);
  } else if (shape.size() == 3) {
    layer.row = static_cast<int>(r / shape[1]);
    layer.head = static_cast<int>(r % shape[1]);
    layer.name += fmt::format("[{},{}]", *layer.row, *layer.head);
  }
  layer.taps.resize(n);
  for (std::size_t k = 0; k < n; ++k)
    layer.taps[k] = request.transpose ? values[k * rows + r] : values[r * n + k];
  apply_steps(layer, request);
  return layer;
}

}  // namespace

std::string describe_steps(const TapsRequest& request) {
  std::vector<std::string> steps;
  if (request.transpose) steps.emplace_back("time taken from the first axis");
  if (request.reverse) steps.emplace_back("reversed");
  if (request.transform == TapsRequest::Transform::softplus) steps.emplace_back("softplus");
  if (request.transform == TapsRequest::Transform::soft_threshold)
    steps.push_back(fmt::format("soft threshold {}", request.threshold));
  if (!request.add_to_first.empty()) steps.push_back(request.add_to_first + " added to tap 0");
  return fmt::format("{}", fmt::join(steps, ", "));
}

ChosenTaps choose_taps(std::span<const TensorInfo> tensors, const TapsRequest& request,
                       const std::string& source) {
  ChosenTaps chosen;
  std::vector<const TensorInfo*> weights;
  for (const TensorInfo& t : tensors) {
    if (!matches(request.glob, t.name)) continue;
    if (fits(t.shape, request)) {
      weights.push_back(&t);
      chosen.weights.push_back(t.name);
    } else {
      chosen.unfit.push_back({t.name, format_shape(t.shape)});
    }
  }
  if (weights.empty()) {
    std::string found;
    for (const UnfitArray& array : chosen.unfit) found += "\n  " + printable(array.name) + "  " + array.why;
    const char* shapes = request.transpose ? "(n, C) or (n, C, H)" : "(n), (C, n) or (C, H, n)";
    throw FormatError(chosen.unfit.empty() ? "no tensor matches \"" + printable(request.glob) + "\""
                                           : "no tensor that matches has the shape of taps",
                      {source, "", chosen.unfit.empty() ? "a glob over names of tensors" : shapes,
                       chosen.unfit.empty() ? describe_tensors(tensors) : found, ""});
  }
  if (!request.add_to_first.empty()) chosen.first = pair_additions(tensors, weights, request, source);
  return chosen;
}

/// Fewer rows with zeros above the diagonal (three numbers) may well be taps: (w_0, 0), (w_0, w_1).
constexpr std::size_t least_dense = 4;

std::vector<LayerOperator> explicit_operators(const StateDict& state, const TapsRequest& request,
                                              ChosenTaps& chosen, bool accept_dense) {
  std::vector<LayerOperator> layers;
  const std::vector<std::string> weights = std::exchange(chosen.weights, {});
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Tensor& tensor = state.at(weights[i]);
    const std::vector<double> values = tensor.as_double();
    require_finite(values, state.source(), tensor.info.name, "weight is not finite");
    if (!accept_dense && tensor.info.shape[0] >= least_dense && dense_matrix(tensor)) {
      chosen.unfit.push_back(
          {tensor.info.name, format_shape(tensor.info.shape) + ", a dense triangular matrix"});
      continue;
    }
    chosen.weights.push_back(weights[i]);
    std::vector<double> first;
    if (!chosen.first.empty()) {
      first = state.at(chosen.first[i]).as_double();
      require_finite(first, state.source(), chosen.first[i], "number for tap 0 is not finite");
    }
    const std::size_t rows = values.size() / time_last(tensor.info.shape, request).back();
    for (std::size_t r = 0; r < rows; ++r) {
      LayerOperator layer = row_operator(tensor, values, r, request);
      if (!first.empty()) add_to_first(layer, first[first.size() == 1 ? 0 : r]);
      require_finite(layer.taps, state.source(), layer.name, "tap is not finite");
      layers.push_back(std::move(layer));
    }
  }
  if (layers.empty())
    throw FormatError("a dense matrix holds no taps",
                      {state.source(), weights.front(), "(C, n), one row an operator",
                       "a dense triangular matrix", "--assume-toeplitz insists"});
  return layers;
}

}  // namespace tmm::model
