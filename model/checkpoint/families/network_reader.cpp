// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/network_reader.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/checkpoint/wrapper_names.hpp"

namespace tmm::model {

NetworkReader::NetworkReader(std::span<const TensorInfo> tensors, const std::string& source)
    : source_(source) {
  for (const TensorInfo& t : tensors) tensors_.emplace(t.name, Stored{&t});
}

void NetworkReader::fail(const std::string& tensor, const std::string& what, std::string expected,
                         std::string found) const {
  throw FormatError(what, {source_, tensor, std::move(expected), std::move(found), ""});
}

const TensorInfo* NetworkReader::find(std::string_view tensor) const {
  const auto position = tensors_.find(tensor);
  return position == tensors_.end() ? nullptr : position->second.info;
}

std::size_t NetworkReader::extent(std::initializer_list<std::string> names, std::size_t rank,
                                  std::size_t axis) const {
  for (const std::string& candidate : names)
    if (const TensorInfo* t = find(candidate); t != nullptr && t->shape.size() == rank) return t->shape[axis];
  return 0;
}

std::vector<BlockList> NetworkReader::block_lists(std::initializer_list<std::string_view> parts) const {
  std::map<std::string, std::set<int>, std::less<>> numbers;
  for (const auto& [tensor, stored] : tensors_)
    if (const auto place = parse_block_tensor(tensor);
        place && std::ranges::find(parts, place->part) != parts.end())
      numbers[std::string(place->part)].insert(place->block);
  for (const auto& [part, blocks] : numbers) {
    int next = 0;
    for (const int block : blocks) {
      if (block != next)
        fail(part + "." + std::to_string(next), "missing block",
             "blocks 0 to " + std::to_string(*blocks.rbegin()) + " without a gap",
             "block " + std::to_string(block) + " in its place");
      ++next;
    }
  }
  std::vector<BlockList> lists;
  for (const std::string_view part : parts)
    if (const auto found = numbers.find(part); found != numbers.end())
      lists.push_back({found->first, found->second.size()});
  return lists;
}

void NetworkReader::require_alike(const std::vector<std::string>& tensors, std::size_t rank,
                                  const std::string& form) const {
  const TensorInfo* first = nullptr;
  for (const std::string& tensor : tensors) {
    const TensorInfo* t = find(tensor);
    if (t == nullptr) fail(tensor, "missing operator", "an operator " + form + " in every block");
    if (t->shape.size() != rank)
      fail(tensor, "wrong rank of an operator", "shape " + form, format_shape(t->shape));
    if (t->size() == 0) fail(tensor, "empty operator", "extents of at least 1", format_shape(t->shape));
    if (first == nullptr) first = t;
    if (t->shape != first->shape)
      fail(tensor, "ragged sizes", format_shape(first->shape) + " as " + printable(first->name),
           format_shape(t->shape));
  }
}

void NetworkReader::expect(std::string tensor, const Shape& shape) {
  const auto position = tensors_.find(tensor);
  if (position == tensors_.end()) {
    result.missing.push_back(std::move(tensor));
    return;
  }
  position->second.known = true;
  const TensorInfo* t = position->second.info;
  const bool agrees = std::ranges::equal(
      shape.span(), t->shape, [](std::size_t want, std::size_t got) { return want == 0 || want == got; });
  if (t->shape.size() != shape.rank)
    fail(tensor, "wrong rank", "rank " + std::to_string(shape.rank), format_shape(t->shape));
  if (!agrees) fail(tensor, "ragged sizes", format_shape(shape.span()), format_shape(t->shape));
}

void NetworkReader::expect_linear(const std::string& stem, std::size_t out, std::size_t in) {
  expect(stem + ".weight", {out, in});
  expect(stem + ".bias", {out});
}

void NetworkReader::expect_norm(const std::string& stem, std::size_t d) {
  expect(stem + ".weight", {d});
  expect(stem + ".bias", {d});
}

NetworkCopy* NetworkReader::copy_of(std::string_view tensor) {
  const auto place = std::ranges::find_if(
      result.copies, [&](const NetworkCopy& copy) { return tensor.starts_with(copy.prefix); });
  return place == result.copies.end() ? nullptr : &*place;
}

void NetworkReader::find_copies() {
  std::set<std::string> prefixes;
  for (const auto& [tensor, stored] : tensors_)
    if (const auto prefix = block_container(tensor); !prefix.empty()) prefixes.emplace(prefix);
  for (const std::string& prefix : prefixes)
    if (copy_of(prefix) == nullptr) result.copies.push_back({prefix, 0});
}

Architecture NetworkReader::finish() {
  find_copies();
  for (const auto& [tensor, stored] : tensors_) {
    if (stored.known)
      result.parameters += stored.info->size();
    else if (NetworkCopy* copy = copy_of(tensor))
      ++copy->tensors;
    else
      result.unknown.emplace_back(tensor);
  }
  return std::move(result);
}

Architecture NetworkReader::finish_below(std::span<const std::string_view> mixing_layers) {
  const auto mixes = [&](const std::string& tensor) {
    const auto place = parse_block_tensor(tensor);
    return place && std::ranges::any_of(mixing_layers, [&](std::string_view layer) {
             return place->rest.starts_with(layer);
           });
  };
  if (std::ranges::all_of(known(), mixes)) result.network = Network::toeplitz_only;
  return finish();
}

std::vector<std::string> NetworkReader::known() const {
  std::vector<std::string> names;
  for (const auto& [tensor, stored] : tensors_)
    if (stored.known) names.emplace_back(tensor);
  return names;
}

void add_account(const Architecture& found, Architecture& whole) {
  whole.parameters += found.parameters;
  whole.missing.insert(whole.missing.end(), found.missing.begin(), found.missing.end());
  whole.unknown.insert(whole.unknown.end(), found.unknown.begin(), found.unknown.end());
}

void note_code(const Assumptions& assumptions, Architecture& architecture, bool always) {
  if (!architecture.form.unroll && std::erase(architecture.missing, "projection.weight") > 0) {
    std::erase(architecture.missing, "projection.bias");  // no windows, no projection of them
    architecture.form.projection = false;
  }
  const auto note = [&](const std::optional<Answer<bool>>& answer, const std::string& what) {
    if (answer)
      architecture.notes.push_back("As " + answer->origin + " says, " + what + ".");
    else if (always)
      architecture.notes.push_back("Assumed, as no tensor says it: " + what + ".");
  };
  note(assumptions.clm_encoder, architecture.form.code_from_end == 2
                                    ? "the code is the last but one position, x[m − 2]"
                                    : "the code is the last position, x[m − 1]");
  note(assumptions.unroll, architecture.form.unroll ? "the decoder reads windows of the code"
                                                    : "the decoder reads the whole code at every position");
}

}  // namespace tmm::model
