// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace tmm::io {

/// Memory of a parsed document, as a multiple of the length of its text, at the very worst ("{},{},…").
constexpr std::uint64_t json_document_factor = 40;

/// Parses JSON text of a stranger, members in the order of the text. No key may stand twice in an object, no
/// object may have more than 4096 members, no nesting may be deeper than 32. `file` is for messages. Throws
/// FormatError.
nlohmann::ordered_json parse_json_document(const std::string& text, const std::string& file);

/// Path of the first place ("models[0].n") where two documents differ; empty if they are equal. Members of
/// objects may stand in any order.
std::string first_difference(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b);

}  // namespace tmm::io
