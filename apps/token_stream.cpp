// SPDX-License-Identifier: MIT
#include "apps/token_stream.hpp"

#include "apps/standard_streams.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

/// Bytes of the UTF-8 character that begins with this one; 1 for one that begins none.
std::size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

}  // namespace

void TokenStream::write(std::int32_t id) {
  if (as_text_) return write_byte(static_cast<char>(id));
  write_output(first_ ? std::to_string(id) : "," + std::to_string(id));
  last_ = '0';
  first_ = false;
}

void TokenStream::write_byte(char byte) {
  last_ = byte;
  if (!terminal_) return write_output(std::string_view(&byte, 1));
  if (!character_.empty() && !goes_on(byte)) {
    write_output(model::printable(character_));
    character_.clear();
  }
  if (byte == '\n' || byte == '\t') return write_output(std::string_view(&byte, 1));
  character_ += byte;
  if (character_.size() < length_of(character_.front())) return;
  write_output(model::printable(character_));
  character_.clear();
}

void TokenStream::finish() {
  write_output(model::printable(character_));
  character_.clear();
  // Text in a file or a pipe is what the network gave, byte for byte.
  if (!as_text_ || (terminal_ && last_ != '\n')) write_output("\n");
}

}  // namespace tmm::apps
