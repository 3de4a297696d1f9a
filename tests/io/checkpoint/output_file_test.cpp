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

TEST_CASE("a symbolic link is written through, not replaced") {
  const TemporaryFolder folder;
  const std::string target = folder.file("target.json"), link = folder.file("link.json");
  std::ofstream(target) << "old";
  std::filesystem::create_symlink(target, link);
  OutputFile(link, true, {}).write("new");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_text(target) == "new");
}

TEST_CASE("folders, devices and missing folders are refused at once") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(OutputFile(folder.path().string(), true, {}), Contains("folder"));
  CHECK_THROWS_WITH(OutputFile("/dev/null", true, {}), Contains("regular"));
  CHECK_THROWS_WITH(OutputFile(folder.file("absent/x.json"), true, {}), Contains("absent/x.json"));
  ::mkfifo(folder.file("pipe").c_str(), 0600);
  CHECK_THROWS_AS(OutputFile(folder.file("pipe"), true, {}), FileError);
}
