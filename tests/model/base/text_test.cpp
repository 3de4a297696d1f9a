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
}

TEST_CASE("a name inside a file cannot move the cursor through an error message") {
  const tmm::FormatError error("bad", {"f\x1b[2J.h5", "a\nb", "", "", ""});
  CHECK(std::string(error.what()) == "f\\x1b[2J.h5: a\\nb: bad");
}
