// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tmm::io {

/// Pieces of JSON text (RFC 8259) that compose to a file which people read too: what belongs together stands
/// on one line. Numbers are the shortest decimals that read back exactly.

/// The shortest decimal that reads back as exactly `value`; "inf", "-inf" or "nan" beyond the finite numbers.
std::string format_shortest(double value);
/// Whether all of `text` is UTF-8.
bool is_utf8(std::string_view text);
/// `text` with U+FFFD in place of bytes that are not UTF-8.
std::string as_utf8(std::string_view text);
/// A quoted string; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
/// A number; null for NaN and ±∞, which JSON does not have.
std::string json_number(double value);

/// A whole number.
template <std::integral Integer>
std::string json_integer(Integer value) {
  return std::to_string(value);
}
/// [1, 2] on one line.
std::string json_list(std::span<const double> numbers);
std::string json_list(std::span<const std::size_t> numbers);
/// ["a", "b"] on one line.
std::string json_list(std::span<const std::string> texts);

/// Name and finished JSON text of a member.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

/// Appends NAME: value; an infinite value, which JSON does not have, as NAME: null and NAME_text: "inf" or
/// "-inf".
void append_number(JsonMembers& members, const std::string& name, double value);

/// {"a": 1, "b": 2} on one line.
std::string json_line(const JsonMembers& members);
/// One member a line, indented by `depth` levels of two blanks (the closing brace by depth − 1).
std::string json_object(const JsonMembers& members, int depth);
/// One element a line, likewise; "[]" if empty.
std::string json_array(const std::vector<std::string>& elements, int depth);

}  // namespace tmm::io
