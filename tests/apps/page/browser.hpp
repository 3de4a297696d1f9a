// SPDX-License-Identifier: MIT
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "support.hpp"

namespace tmm::test {

/// Whether the machine has no headless Chromium for pages; said as a warning.
inline bool browser_missing() {
  if (std::getenv("TMM_TEST_WITHOUT_BROWSER") != nullptr) return true;
  if (run("test -x /usr/bin/chromedriver && /usr/bin/python3 -c 'import selenium, h5py, numpy'").exit_code ==
      0)
    return false;
  WARN("skipped: needs Debian's chromium, chromium-driver, python3-selenium, python3-h5py, python3-numpy");
  return true;
}

/// `command`: a script of this folder with its arguments. What is wrong with the pages it looks at comes on
/// standard output.
inline CommandResult browse(const std::string& command) {
  return run("/usr/bin/python3 '" TMM_SOURCE_DIR "/tests/apps/page/'" + command);
}

/// Whether tmm refused to make a page because it was built without the chart library; said as a warning.
inline bool page_missing(const CommandResult& made) {
  if (made.err.find("without its chart library") == std::string::npos) return false;
  WARN("skipped: built without the chart library (./dev charts)");
  return true;
}

}  // namespace tmm::test
