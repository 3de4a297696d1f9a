// SPDX-License-Identifier: MIT
#include "model/base/text.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"

using tmm::model::printable;

TEST_CASE("control characters become visible, everything else stays") {
  CHECK(printable("mixer_blocks.0 ‖σ‖") == "mixer_blocks.0 ‖σ‖");
  CHECK(printable("a\nb\tc") == "a\\nb\\tc");
  CHECK(printable("\x1b[2J\x7f") == "\\x1b[2J\\x7f");
  CHECK(printable("\xC2\x9B") == "\\xc2\\x9b");  // U+009B, the one-character form of ESC [
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  // Bytes that are not UTF-8: alone, cut short, longer than need be, a surrogate, beyond U+10FFFF.
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\x9b[2J") == "\\x9b[2J");
  CHECK(printable("\xe2\x80") == "\\xe2\\x80");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(printable("\xed\x9f\xbf\xf4\x8f\xbf\xbf") == "\xed\x9f\xbf\xf4\x8f\xbf\xbf");
}

TEST_CASE("a name inside a file cannot move the cursor through an error message") {
  const tmm::FormatError error("bad", {"f\x1b[2J.h5", "a\nb", "", "", ""});
  CHECK(std::string(error.what()) == "f\\x1b[2J.h5: a\\nb: bad");
}
