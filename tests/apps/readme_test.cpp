// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>

#include "support.hpp"

using tmm::test::read_text, tmm::test::run, tmm::test::TemporaryFolder;

namespace {

const std::string source = TMM_SOURCE_DIR;

/// Content of the README's first code block of a language.
std::string code_block(const std::string& language) {
  const std::string text = read_text(source + "/README.md"), opening = "\n```" + language + "\n";
  const std::size_t begin = text.find(opening);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin + opening.size(), text.find("\n```", begin + 1) - begin - opening.size() + 1);
}

}  // namespace

TEST_CASE("the README's table is what tmm prints") {
  const std::string command = "$ tmm analyze tests/data/clm_flat_toeplitz.h5\n";
  const auto printed =
      run("cd '" + source + "' && " + TMM_BINARY + " analyze tests/data/clm_flat_toeplitz.h5");
  CHECK(code_block("console") == command + printed.out);
}

TEST_CASE("the README's C++ example is the one that is compiled here") {
  CHECK(code_block("cpp") == read_text(source + "/tests/apps/readme/example.cpp"));
  CHECK(code_block("cmake") == read_text(source + "/tests/apps/readme/CMakeLists.txt"));
}

TEST_CASE("the installed package serves find_package and runs the README's example") {
  const TemporaryFolder folder;
  const std::string prefix = folder.file("prefix"), build = folder.file("build");
  const auto installed = run("cmake --install '" TMM_BUILD_DIR "' --prefix " + prefix);
  INFO(installed.err);
  REQUIRE(installed.exit_code == 0);
  const auto built = run("cmake -S '" + source + "/tests/apps/readme' -B " + build +
                         " -G Ninja -DCMAKE_PREFIX_PATH=" + prefix +
                         " -DCMAKE_CXX_FLAGS='" TMM_CXX_FLAGS "' && cmake --build " + build);
  INFO(built.out << built.err);
  REQUIRE(built.exit_code == 0);
  const auto result = run(build + "/example " TMM_TEST_DATA "/clm_flat_toeplitz.h5");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out,
             Catch::StartsWith("mixer_blocks.0.token_mixing_layer.weight: index -135, certified\n"
                               "mixer_blocks.1.token_mixing_layer.weight: index -1, certified\n"));
  CHECK(run(prefix + "/bin/tmm --version").exit_code == 0);
}
