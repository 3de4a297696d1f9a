// SPDX-License-Identifier: MIT
#include "io/files/atomic_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "model/base/error.hpp"
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

TEST_CASE("without leave to replace, a file that appears while another is written is kept") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  const bool named = GENERATE(false, true);
  tmm::io::PendingFile pending(path, named);
  pending.write("new");
  std::ofstream(path) << "old";
  CHECK_THROWS_AS(pending.commit(false), tmm::FileError);
  CHECK(tmm::test::read_text(path) == "old");
  pending.commit(true);
  CHECK(tmm::test::read_text(path) == "new");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a symbolic link in the place of the output is replaced, its target is not touched") {
  const TemporaryFolder folder;
  const std::string target = folder.file("target"), link = folder.file("link");
  std::ofstream(target) << "mine";
  std::filesystem::create_symlink(target, link);
  tmm::io::write_atomically(link, "new");
  CHECK(tmm::test::read_text(target) == "mine");
  CHECK(tmm::test::read_text(link) == "new");
  CHECK_FALSE(std::filesystem::is_symlink(link));
}
