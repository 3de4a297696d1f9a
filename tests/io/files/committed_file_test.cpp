// SPDX-License-Identifier: MIT
#include "io/files/committed_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using io::CommittedFile, test::read_text;
using Start = CommittedFile::Start;

namespace {

void put(CommittedFile& file, std::uint64_t at, const std::string& bytes) {
  REQUIRE(file.write(at, bytes.size(), bytes.data()));
  file.resize(std::max<std::uint64_t>(at + bytes.size(), 10'000));
}

/// 10,000 letters a, committed.
void make(const std::string& path) {
  CommittedFile file(path, Start::create);
  put(file, 0, std::string(10'000, 'a'));
  CHECK_FALSE(std::filesystem::exists(path));
  file.commit();
}

const std::string before(10'000, 'a');
const std::string after =
    std::string(100, 'a') + std::string(9'000, 'b') + std::string(900, 'a') + std::string(6'000, 'c');

void change(CommittedFile& file) {
  put(file, 100, std::string(9'000, 'b'));
  put(file, 10'000, std::string(6'000, 'c'));
}

}  // namespace

TEST_CASE("a growing file is as it was last committed, whatever was written since") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("f");
  make(path);
  {
    CommittedFile file(path, Start::resume);
    change(file);
    std::string seen(16'000, ' ');
    REQUIRE(file.read(0, seen.size(), seen.data()));
    CHECK(seen == after);  // by its writer
    CHECK(read_text(path).substr(0, 10'000) == before);
  }
  CHECK(read_text(path).substr(0, 10'000) == before);
  {
    CommittedFile file(path, Start::resume);
    file.resize(10'000);
    file.forget_rest();
    change(file);
    file.commit();
  }
  CHECK(read_text(path) == after);
  CHECK_FALSE(std::filesystem::exists(path + ".journal"));
}

TEST_CASE("a whole journal is carried out when the file is opened, a torn one is not") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("f"), kept = folder.file("kept");
  make(path);
  std::ofstream(kept).close();
  std::filesystem::create_hard_link(kept, path + ".journal");  // what is written there outlives its name
  {
    CommittedFile file(path, Start::resume);
    CHECK_FALSE(std::filesystem::exists(path + ".journal"));  // an empty one says nothing
    std::filesystem::create_hard_link(kept, path + ".journal");
    change(file);
    file.commit();
  }
  const std::string journal = read_text(kept);
  REQUIRE(journal.size() > 9'000);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{5}, journal.size() / 2, journal.size() - 1, journal.size()}) {
    INFO(length);
    // As the file is left between the journal and the changes, its new end written already.
    std::ofstream(path, std::ios::binary) << before << std::string(6'000, 'c');
    std::ofstream(path + ".journal", std::ios::binary) << journal.substr(0, length);
    { const CommittedFile opened(path, Start::resume); }
    CHECK(read_text(path).substr(0, 10'000) == (length == journal.size() ? after.substr(0, 10'000) : before));
    CHECK_FALSE(std::filesystem::exists(path + ".journal"));
  }
  std::string changed = journal;
  changed[journal.size() / 2] ^= 1;
  std::ofstream(path, std::ios::binary) << before;
  std::ofstream(path + ".journal", std::ios::binary) << changed;
  { const CommittedFile opened(path, Start::resume); }
  CHECK(read_text(path) == before);
}

TEST_CASE("one process at a time writes a growing file, and nothing is written once it is abandoned") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("f");
  make(path);
  {
    CommittedFile file(path, Start::resume);
    CHECK_THROWS_WITH(CommittedFile(path, Start::resume), Catch::Contains("another process is writing it"));
    file.abandon();
    change(file);
    file.commit();
  }
  CHECK(read_text(path) == before);
  CHECK_THROWS_AS(CommittedFile(folder.file("not there"), Start::resume), FileError);
  CHECK_THROWS_AS(CommittedFile(folder.path().string(), Start::resume), FileError);
  CommittedFile second(path, Start::create);
  put(second, 0, "x");
  CHECK_THROWS_AS(second.commit(), FileError);  // it is there
  CHECK(read_text(path) == before);
}
