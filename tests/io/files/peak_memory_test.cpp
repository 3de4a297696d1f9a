// SPDX-License-Identifier: MIT
#include "io/files/peak_memory.hpp"

#include <catch2/catch.hpp>
#include <vector>

TEST_CASE("peak memory grows by what is touched, and does not shrink when it is given back") {
  const auto before = tmm::io::peak_memory();
  if (!before) {
    WARN("/proc/self/status is not here");
    return;
  }
  constexpr std::size_t bytes = std::size_t{256} << 20U;
  {
    const std::vector<char> held(bytes, 'x');
    CHECK(held.back() == 'x');
  }
  const auto after = tmm::io::peak_memory();
  REQUIRE(after);
  CHECK(*after >= bytes);
  CHECK(*after >= *before);
}
