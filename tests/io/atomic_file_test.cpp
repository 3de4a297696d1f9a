// SPDX-License-Identifier: MIT
#include "io/atomic_file.hpp"

#include <catch2/catch.hpp>

#include "model/error.hpp"
#include "support.hpp"

using tmm::test::TemporaryFolder;

TEST_CASE("an atomic write replaces the whole file and leaves nothing else") {
  const TemporaryFolder folder;
  const std::string path = folder.file("result.json");
  tmm::io::write_atomically(path, "first and longer");
  tmm::io::write_atomically(path, "second");
  CHECK(tmm::test::read_text(path) == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("an unwritable folder is an error that names the path and the reason") {
  CHECK_THROWS_WITH(tmm::io::write_atomically("/nonexistent/folder/x.json", "x"),
                    Catch::Contains("/nonexistent/folder/x.json") && Catch::Contains("No such file"));
}
