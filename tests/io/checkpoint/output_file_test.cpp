// SPDX-License-Identifier: MIT
#include "io/checkpoint/output_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using tmm::FileError;
using tmm::io::OutputFile;
using tmm::test::read_text, tmm::test::TemporaryFolder;

TEST_CASE("a result file is written whole, into a place that was checked before the work") {
  const TemporaryFolder folder;
  const std::string path = folder.file("result.json");
  const OutputFile output(path, false, {});
  CHECK_FALSE(std::filesystem::exists(path));
  output.write("content");
  CHECK(read_text(path) == "content");
}

TEST_CASE("an existing file is replaced only by force") {
  const TemporaryFolder folder;
  const std::string path = folder.file("result.json");
  const OutputFile early(path, false, {});
  std::ofstream(path) << "precious";
  CHECK_THROWS_WITH(OutputFile(path, false, {}), Contains(path) && Contains("exists") && Contains("--force"));
  CHECK_THROWS_AS(early.write("late"), FileError);
  CHECK(read_text(path) == "precious");
  OutputFile(path, true, {}).write("new");
  CHECK(read_text(path) == "new");
}

TEST_CASE("an input is never replaced, under whatever name") {
  const TemporaryFolder folder;
  const std::string model = folder.file("model.h5"), hard = folder.file("hard.h5"),
                    soft = folder.file("soft.h5");
  std::ofstream(model) << "weights";
  std::filesystem::create_hard_link(model, hard);
  std::filesystem::create_symlink(model, soft);
  for (const std::string& name : {model, hard, soft, folder.file("./model.h5")})
    CHECK_THROWS_WITH(OutputFile(name, true, std::vector{model}), Contains("input file"));
  CHECK(read_text(model) == "weights");
}

TEST_CASE("a symbolic link is replaced by force alone, never followed, wherever it leads") {
  const TemporaryFolder folder;
  const std::string target = folder.file("target.json"), link = folder.file("link.json");
  const bool dangling = GENERATE(false, true);
  if (!dangling) std::ofstream(target) << "old";
  const OutputFile early(link, false, {});
  std::filesystem::create_symlink(target, link);
  CHECK_THROWS_WITH(OutputFile(link, false, {}), Contains("exists already") && Contains("--force"));
  CHECK_THROWS_AS(early.write("late"), FileError);
  CHECK(std::filesystem::is_symlink(link));
  OutputFile(link, true, {}).write("new");
  CHECK_FALSE(std::filesystem::is_symlink(link));
  CHECK(read_text(link) == "new");
  CHECK(std::filesystem::exists(target) != dangling);
  if (!dangling) CHECK(read_text(target) == "old");
}

TEST_CASE("a link to a folder or a device, and names of open files, are refused") {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/null", folder.file("null"));
  std::filesystem::create_directory(folder.path() / "sub");
  std::filesystem::create_symlink(folder.file("sub"), folder.file("there"));
  CHECK_THROWS_WITH(OutputFile(folder.file("null"), true, {}), Contains("regular"));
  CHECK_THROWS_WITH(OutputFile(folder.file("there"), true, {}), Contains("folder"));
  for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/x.json"})
    CHECK_THROWS_AS(OutputFile(name, true, {}), FileError);
  OutputFile(folder.file("there/x.json"), false, {}).write("new");  // folders on the way may be links
  CHECK(read_text(folder.file("sub/x.json")) == "new");
}

TEST_CASE("folders, devices and missing folders are refused at once") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(OutputFile(folder.path().string(), true, {}), Contains("folder"));
  CHECK_THROWS_WITH(OutputFile("/dev/null", true, {}), Contains("regular"));
  CHECK_THROWS_WITH(OutputFile(folder.file("absent/x.json"), true, {}), Contains("absent/x.json"));
  ::mkfifo(folder.file("pipe").c_str(), 0600);
  CHECK_THROWS_AS(OutputFile(folder.file("pipe"), true, {}), FileError);
}
