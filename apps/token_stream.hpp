// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace tmm::apps {

/// Tokens on standard output as they come: bytes of text, or ids with commas between them, as --prompt takes
/// them. At a terminal, text is made harmless: control characters but line feeds and tabs become \xNN, and so
/// do bytes that are not UTF-8; elsewhere it is the bytes themselves.
class TokenStream {
 public:
  TokenStream(bool as_text, bool terminal) : as_text_(as_text), terminal_(terminal) {}

  /// Throws FileError as write_output.
  void write(std::int32_t id);
  /// What is left of an unfinished character, and the end of the line where it is needed.
  void finish();

 private:
  void write_byte(char byte);

  bool as_text_, terminal_, first_ = true;
  char last_ = '\n';
  std::string character_;  // bytes of one that is not complete
};

}  // namespace tmm::apps
