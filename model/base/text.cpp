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

}  // namespace

std::string printable(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 … U+009F: C1 controls
      append_escaped(line, byte);
      append_escaped(line, static_cast<unsigned char>(next));
      ++i;
    } else if (byte < 0x20 || byte == 0x7F) {
      append_escaped(line, byte);
    } else {
      line += text[i];
    }
  }
  return line;
}

}  // namespace tmm::model
