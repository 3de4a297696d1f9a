// SPDX-License-Identifier: MIT
#include "io/report/text_layout.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace tmm::io;

TEST_CASE("shortening keeps both ends and counts letters, not bytes") {
  CHECK(shorten_middle("mixer_blocks.0.weight", 9) == "mixe…ight");
  CHECK(display_width(shorten_middle("σσσσσσσσσσ", 5)) == 5);
  CHECK(shorten_middle("short", 5) == "short");
  CHECK(shorten_middle("short", 1) == "…");
}

TEST_CASE("wrapped text stays within its width and loses no word") {
  const std::string text = "proven: N, N/(n-1), margin and a_word_that_is_longer_than_any_line of text";
  const std::string wrapped = wrap(text, 20, 2);
  std::istringstream lines(wrapped), words(wrapped);
  for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= 20);
  std::string first;
  words >> first;
  CHECK(first == "proven:");
  CHECK(wrapped.find("\n  ") != std::string::npos);
  CHECK(wrapped.ends_with("text\n"));
}

TEST_CASE("columns are aligned by display width") {
  const TextColumn left{{"", "σ"}, true, {"a", "bb"}}, right{{"x", "long"}, false, {"1", "22"}};
  CHECK(layout_columns({left, right}) ==
        std::vector<std::string>{"       x", "σ   long", "a      1", "bb    22"});
  CHECK(layout_columns({left}) == std::vector<std::string>{"σ", "a", "bb"});
}
