// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support.hpp"

using tmm::test::read_text, tmm::test::run, tmm::test::TemporaryFolder;

namespace {

const std::string source = TMM_SOURCE_DIR;

/// Contents of the README's code blocks of a language.
std::vector<std::string> code_blocks(const std::string& language) {
  const std::string text = read_text(source + "/README.md"), opening = "\n```" + language + "\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
    const std::size_t begin = at + opening.size();
    blocks.push_back(text.substr(begin, text.find("\n```", begin) - begin + 1));
  }
  REQUIRE_FALSE(blocks.empty());
  return blocks;
}

}  // namespace

TEST_CASE("the README's tables are what tmm prints") {
  for (const std::string& block : code_blocks("console")) {
    const std::string command = block.substr(0, block.find('\n')), prompt = "$ tmm ";
    REQUIRE(command.starts_with(prompt));
    const auto printed = run("cd '" + source + "' && " + TMM_BINARY + " " + command.substr(prompt.size()));
    CHECK(block == command + "\n" + printed.out);
  }
}

TEST_CASE("the README's C++ example is the one that is compiled here") {
  CHECK(code_blocks("cpp").at(0) == read_text(source + "/tests/apps/readme/example.cpp"));
  CHECK(code_blocks("python").at(0) == read_text(source + "/tests/apps/readme/read_result.py"));
  CHECK(code_blocks("cmake").at(0) == read_text(source + "/tests/apps/readme/CMakeLists.txt"));
}
