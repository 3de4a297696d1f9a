// SPDX-License-Identifier: MIT
#include "io/json/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace tmm::io {
namespace {

std::vector<std::string> join_members(const JsonMembers& members) {
  std::vector<std::string> lines;
  lines.reserve(members.size());
  for (const auto& [name, value] : members) lines.push_back(json_string(name) + ": " + value);
  return lines;
}

std::string block(const std::vector<std::string>& lines, int depth, char open, char close) {
  if (lines.empty()) return {open, close};
  const auto indent = static_cast<std::size_t>(2 * depth);
  std::string text(1, open);
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += (i == 0 ? "\n" : ",\n") + std::string(indent, ' ') + lines[i];
  return text + "\n" + std::string(indent - 2, ' ') + close;
}

}  // namespace

std::string format_shortest(double value) {
  return fmt::format("{}", value);
}

bool is_utf8(std::string_view text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

std::string as_utf8(std::string_view text) {
  return is_utf8(text) ? std::string(text) : nlohmann::json::parse(json_string(text)).get<std::string>();
}

std::string json_string(std::string_view text) {
  const bool plain =
      std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
  if (plain) return '"' + std::string(text) + '"';  // most, and many times faster
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_number(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0";  // readers take "-0" for the integer 0
  return std::isfinite(value) ? format_shortest(value) : "null";
}

namespace {

template <class Element, class Text>
std::string list(std::span<const Element> elements, Text text_of) {
  std::string text;
  for (const Element& element : elements) text += (text.empty() ? "" : ", ") + text_of(element);
  return "[" + text + "]";
}

}  // namespace

std::string json_list(std::span<const double> numbers) {
  return list(numbers, json_number);
}

std::string json_list(std::span<const std::size_t> numbers) {
  return list(numbers, json_integer<std::size_t>);
}

std::string json_list(std::span<const std::string> texts) {
  return list(texts, json_string);
}

void append_number(JsonMembers& members, const std::string& name, double value) {
  members.emplace_back(name, json_number(value));
  if (std::isinf(value)) members.emplace_back(name + "_text", value > 0 ? "\"inf\"" : "\"-inf\"");
}

std::string json_line(const JsonMembers& members) {
  std::string text = "{";
  for (const std::string& member : join_members(members)) text += (text.size() == 1 ? "" : ", ") + member;
  return text + "}";
}

std::string json_object(const JsonMembers& members, int depth) {
  return block(join_members(members), depth, '{', '}');
}

std::string json_array(const std::vector<std::string>& elements, int depth) {
  return block(elements, depth, '[', ']');
}

}  // namespace tmm::io
