// SPDX-License-Identifier: MIT
#include "io/zip/zip_archive.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "io/zip/zip_files.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using test::TemporaryFolder, test::ZipMember, test::zip_bytes;

namespace {

std::unique_ptr<io::ZipArchive> open(const std::string& path) {
  return std::make_unique<io::ZipArchive>(std::make_shared<const io::InputFile>(path));
}

struct Archive {
  TemporaryFolder folder;
  std::string path = folder.file("a.zip");
  explicit Archive(const std::string& bytes) { test::write_bytes(path, bytes); }
};

std::string unpacked(const io::ZipArchive& archive, const std::string& name) {
  const io::ZipArchive::Entry* entry = archive.find(name);
  std::string text;
  archive.stream(std::span(&entry, 1),
                 [&](std::size_t, std::uint64_t from, std::span<const std::byte> bytes) {
                   CHECK(from == text.size());
                   text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                 });
  return text;
}

}  // namespace

TEST_CASE("zip: entries lie where the table says, stored or deflated") {
  std::string large;  // pieces of several sizes
  for (std::size_t i = 0; i < 2'500'000; ++i) large += static_cast<char>(i * i >> 7U);
  const Archive file(
      zip_bytes({{"a/one", "first"},
                 {"empty", ""},
                 {"../up", "harmless"},
                 {"packed", test::deflate_stored(large), large.size(), 8, 0, test::crc32(large)}}));
  const auto archive = open(file.path);
  REQUIRE(archive->entries().size() == 4);
  CHECK(archive->read_text(*archive->find("a/one"), 100) == "first");
  CHECK(archive->read_text(*archive->find("empty"), 100).empty());
  CHECK(archive->read_text(*archive->find("../up"), 100) == "harmless");  // a name leads nowhere
  CHECK(unpacked(*archive, "a/one") == "first");
  CHECK(unpacked(*archive, "packed") == large);
  const std::vector<const io::ZipArchive::Entry*> all{archive->find("packed"), archive->find("a/one")};
  CHECK(archive->beginnings(all, 7) == std::vector<std::string>{large.substr(0, 7), "first"});
  CHECK(archive->find("one") == nullptr);
  CHECK_THROWS_WITH(archive->read_text(*archive->find("packed"), 10'000'000), Contains("entry is packed"));
  CHECK_THROWS_WITH(archive->read_text(*archive->find("a/one"), 4), Contains("at most 4 bytes"));
}

TEST_CASE("zip: what contradicts itself or claims too much is refused") {
  const std::string ten(10, 'x');
  const auto [what, bytes] = GENERATE_COPY(table<const char*, std::string>({
      {"two entries of one name", zip_bytes({{"a", "1"}, {"a", "2"}})},
      {"a.zip", zip_bytes({{"a", ten}, {.name = "a", .data = ten, .header = 0}})},
      {"unpacks to more than it can", zip_bytes({{"a", ten, 50'000'000, 8}})},
      {"a.zip", zip_bytes({{"a", ten, 11}})},
      {"packed by another method", zip_bytes({{"a", ten, 10, 12}})},
      {"not a whole zip archive", zip_bytes({{"a", ten}}).substr(0, 60)},
      {"not a whole zip archive", "PK\x03\x04"},
      {"not a whole zip archive", zip_bytes({{.name = "a", .data = ten, .header = 5000}})},
  }));
  const Archive file(bytes);
  INFO(what);
  CHECK_THROWS_AS(open(file.path), FormatError);
  CHECK_THROWS_WITH(open(file.path), Contains(what) && Contains(file.path));
}

TEST_CASE(
    "zip: an encrypted entry is refused by that, or by the sizes that libzip 1.11 finds wrong in it first") {
  const Archive file(zip_bytes({{"a", std::string(10, 'x'), 10, 0, 1}}));
  CHECK_THROWS_AS(open(file.path), FormatError);
  CHECK_THROWS_WITH(open(file.path),
                    Contains(file.path) && (Contains("encrypted") || Contains("sizes don't match")));
}

TEST_CASE("zip: entries that share bytes are refused") {
  // The second lies in the data of the first: a whole member of its own.
  const std::string inner = zip_bytes({{"b", "0123456789"}});
  const std::string member = inner.substr(0, inner.find("PK\x01\x02"));
  const Archive file(zip_bytes({{"a", member}, {.name = "b", .data = "0123456789", .header = 31}}));
  CHECK_THROWS_WITH(open(file.path), Contains("overlap") && Contains("bytes of a"));
}

TEST_CASE("zip: a changed byte of an entry is noticed where checksums are compared") {
  for (const int method : {0, 8}) {
    const std::string data = method == 0 ? "0123456789" : test::deflate_stored("0123456789");
    std::string bytes = zip_bytes({{"a", data, 10, method, 0, test::crc32("0123456789")}});
    bytes[bytes.find("0123456789") + 4] ^= 1;
    const Archive file(bytes);
    const auto archive = open(file.path);
    CHECK_THROWS_WITH(unpacked(*archive, "a"), Contains(file.path + ": a: entry is damaged"));
  }
}
