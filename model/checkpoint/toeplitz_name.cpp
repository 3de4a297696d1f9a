// SPDX-License-Identifier: MIT
#include "model/checkpoint/toeplitz_name.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace tmm::model {
namespace {

constexpr std::string_view parts[] = {"mixer_blocks", "encoderblocks", "decoderblocks", "blocks"};

/// Takes "HEAD." off the front of `text` and returns HEAD; empty if there is no dot.
std::optional<std::string_view> take_component(std::string_view& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view head = text.substr(0, dot);
  text.remove_prefix(dot + 1);
  return head;
}

/// "0", "12"; not "", "01", "-1", nor anything beyond a million.
std::optional<int> parse_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits.front() == '0'))
    return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<int> parse_stage(std::string_view component) {
  if (component == "0") return 0;
  if (component == "3") return 1;
  return std::nullopt;
}

}  // namespace

int part_order(std::string_view part) {
  return static_cast<int>(std::find(std::begin(parts), std::end(parts), part) - std::begin(parts));
}

std::optional<BlockTensorName> parse_block_tensor(std::string_view name) {
  const auto part = take_component(name);
  if (!part || part_order(*part) == std::ssize(parts)) return std::nullopt;
  const auto block = take_component(name);
  if (!block || name.empty()) return std::nullopt;
  const auto number = parse_number(*block);
  if (!number) return std::nullopt;
  return BlockTensorName{*part, *number, name};
}

std::optional<ToeplitzName> parse_toeplitz_weight(std::string_view name) {
  const auto tensor = parse_block_tensor(name);
  if (!tensor || tensor->part == "blocks") return std::nullopt;
  std::string_view rest = tensor->rest;
  if (take_component(rest) != "token_mixing_layer") return std::nullopt;

  ToeplitzName found{tensor->part, tensor->block, {}, {}, false};
  if (rest == "mixer_heads.weight") {
    found.parallel_heads = true;
    return found;
  }
  if (rest.starts_with("mixer_heads.")) {
    take_component(rest);
    const auto head = take_component(rest);
    found.head = head ? parse_number(*head) : std::nullopt;
    if (!found.head) return std::nullopt;
  }
  if (rest == "weight") return found;
  const auto stage = take_component(rest);
  found.stage = stage ? parse_stage(*stage) : std::nullopt;
  if (!found.stage || rest != "weight") return std::nullopt;
  return found;
}

}  // namespace tmm::model
