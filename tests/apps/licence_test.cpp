// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cctype>
#include <regex>
#include <set>
#include <string>

#include "support.hpp"

using tmm::test::read_text;

namespace {

const std::string source = TMM_SOURCE_DIR;

/// First groups of all matches.
std::set<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

}  // namespace

TEST_CASE("docs/installing.md gives the licence of every library that CMake looks for") {
  std::string cmake;
  for (const char* file : {"/CMakeLists.txt", "/cmake/dependencies.cmake", "/python/CMakeLists.txt",
                           "/tests/CMakeLists.txt", "/tests/bench/CMakeLists.txt"})
    cmake += read_text(source + file);
  std::set<std::string> libraries;
  for (const char* call : {R"(\bfind_(?:package|dependency)\((\w+))", R"(pkg_check_modules\((\w+))",
                           R"(\ntmm_find_library\((\w+))", R"(find_library\((\w+)_LIBRARY)"})
    for (std::string name : matches(cmake, std::regex(call))) {
      for (char& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      libraries.insert(name);
    }
  for (const char* tool : {"pkgconfig", "threads"}) libraries.erase(tool);  // no code of theirs, and libc
  const std::string page = read_text(source + "/docs/installing.md");
  const std::size_t begin = page.find("\n## Licence");
  REQUIRE(begin != std::string::npos);
  const std::string account = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  std::set<std::string> named;
  const std::regex row(R"(\n\|[^|\n]*\|([^|\n]*)\|[^|\n]*\|)");
  for (std::sregex_iterator match(account.begin(), account.end(), row), end; match != end; ++match)
    named.merge(matches((*match)[1], std::regex("`(\\w+)`")));
  CHECK(libraries.size() > 12);
  for (const std::string& library : libraries) {
    INFO(library);
    CHECK(named.contains(library));
  }
}
