// SPDX-License-Identifier: MIT
#pragma once

// The one header of Catch2 2, where version 3 is installed: its headers, under the names that the tests use.
#include <catch2/catch_all.hpp>

namespace Catch {

using Matchers::EndsWith, Matchers::StartsWith;

inline auto Contains(const std::string& part, CaseSensitive sensitive = CaseSensitive::Yes) {
  return Matchers::ContainsSubstring(part, sensitive);
}

}  // namespace Catch

using Catch::Approx;
