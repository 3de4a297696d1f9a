// SPDX-License-Identifier: MIT
#include "model/base/text.hpp"

namespace tmm::model {
namespace {

void append_escaped(std::string& line, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  if (byte == '\n') {
    line += "\\n";
  } else if (byte == '\t') {
    line += "\\t";
  } else {
    line += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
  }
}

/// Bytes of the character that `text` begins with; 0 if it is none of UTF-8 (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : '\0');
  };
  const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(i) >= least && byte(i) <= most;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {  // neither longer than need be nor a surrogate
    const unsigned least = first == 0xE0 ? 0xA0 : 0x80, most = first == 0xED ? 0x9F : 0xBF;
    return follows(1, least, most) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned least = first == 0xF0 ? 0x90 : 0x80, most = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, least, most) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    const bool c1 = byte == 0xC2 && static_cast<unsigned char>(character.back()) < 0xA0;  // U+0080 … U+009F
    if (length == 0 || c1 || byte < 0x20 || byte == 0x7F)
      for (const char c : character) append_escaped(line, static_cast<unsigned char>(c));
    else
      line += character;
    text.remove_prefix(character.size());
  }
  return line;
}

}  // namespace tmm::model
