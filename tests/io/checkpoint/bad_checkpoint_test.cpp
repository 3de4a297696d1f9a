// SPDX-License-Identifier: MIT
// Files that must be refused: each with a message of its own, naming file and dataset.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_files.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::RawFile, test::TemporaryFolder, test::toeplitz_weight;

namespace {

void write_text(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

const std::vector<float> taps{1, 2, 3, 4};

}  // namespace

TEST_CASE("a path that is no readable file is an error of its own") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(io::read_header(folder.file("none.h5")), FileError);
  CHECK_THROWS_WITH(io::read_header(folder.file("none.h5")), Contains("none.h5") && Contains("No such file"));
  CHECK_THROWS_WITH(io::read_header(folder.path().string()), Contains("an empty folder"));
  write_text(folder.file("model.h5"), "");
  CHECK_THROWS_WITH(io::read_header(folder.path().string()),
                    Contains(folder.file("model.h5") + ": file is empty"));
  CHECK_THROWS_WITH(io::read_header("/dev/zero"), Contains("not a regular file"));
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(io::read_header(pipe), Contains("not a regular file"));  // and does not wait for a writer
}

TEST_CASE("one shard of several is refused, its index named") {
  const TemporaryFolder folder;
  const std::string lone = folder.file("model-00002-of-00003.safetensors"),
                    only = folder.file("model-00001-of-00001.safetensors");
  const std::string bytes = test::safetensors(
      "{\"" + toeplitz_weight + "\":" + test::entry("F32", "[1,4]", "0", "16") + "}", std::string(16, 'x'));
  write_text(lone, bytes);
  write_text(only, bytes);
  CHECK_THROWS_AS(io::read_header(lone), FormatError);
  CHECK_THROWS_WITH(io::read_header(lone), Contains("one shard") && Contains("found shard 2 of 3") &&
                                               Contains("model.safetensors.index.json and the other shards"));
  CHECK(io::read_header(only).tensors.size() == 1);
  write_text(folder.file("model.safetensors.index.json"),
             "{\"weight_map\":{\"a\":\"model-00001-of-00003.safetensors\"}}");
  CHECK_THROWS_WITH(io::read_header(lone), Contains("Name model.safetensors.index.json beside it"));
  CHECK_THROWS_WITH(io::read_header(folder.file("model.safetensors.index.json")),
                    Contains("model-00001-of-00003.safetensors: a shard that the index names is missing"));
}

TEST_CASE("a file that its writer did not close, and links, come with advice that works") {
  const TemporaryFolder folder;
  const std::string killed = test::shared_file("field/h_killed.h5"), soft = folder.file("soft.h5");
  {
    RawFile file(soft);
    file.floats("input_layer.weight", {2, 2}, taps);
    H5Lcreate_soft("/input_layer.weight", file.id(), "output_layer.weight", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK_THROWS_WITH(io::read_header(soft), Contains("output_layer.weight: links are not followed") &&
                                               Contains("del f[\"output_layer.weight\"]"));
  if (killed.empty()) {
    WARN("the reference material is not here");
    return;
  }
  CHECK_THROWS_AS(io::read_header(killed), FormatError);
  CHECK_THROWS_WITH(io::read_header(killed), Contains("was not closed") && Contains("h5clear -s"));
}

TEST_CASE("empty, foreign and truncated files are told apart") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  write_text(path, "");
  CHECK_THROWS_WITH(io::read_header(path), Contains(path) && Contains("file is empty"));
  write_text(path, "this is no checkpoint");
  CHECK_THROWS_WITH(io::read_header(path), Contains(path) && Contains("not a checkpoint of a known form"));
  write_text(path, "PK\x03\x04 and so on");
  CHECK_THROWS_WITH(io::read_header(path), Contains(path + ": not a whole zip archive"));

  RawFile(path).floats(toeplitz_weight, {1, 4}, taps);
  const std::string whole = test::read_text(path);
  for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{100}, std::size_t{9}}) {
    INFO(length);
    write_text(path, whole.substr(0, length));
    CHECK_THROWS_AS(io::read_header(path), FormatError);
    CHECK_THROWS_WITH(io::read_header(path),
                      Contains(path) && Contains("damaged or truncated") && Contains("HDF5 says: "));
  }
}

TEST_CASE("HDF5's own words reach the message, its stack does not reach the terminal") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile(path).floats(toeplitz_weight, {1, 4}, taps);
  write_text(path, test::read_text(path).substr(0, 1000));
  CHECK_THROWS_WITH(io::read_header(path), Contains("truncated file: eof = 1000"));
  const auto result = test::run_tmm("info " + path);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("tmm: " + path) && !Contains("HDF5-DIAG"));
}

TEST_CASE("Toeplitz weights of integers are an error naming dataset and type") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const std::vector<int> integers{1, 2, 3, 4};
  const auto [type, word] =
      GENERATE(table<hid_t, std::string>({{H5T_STD_I32LE, "found int32"}, {H5T_STD_U16LE, "found uint16"}}));
  RawFile(path).dataset(toeplitz_weight, {1, 4}, type, H5T_NATIVE_INT, integers.data());
  CHECK_THROWS_WITH(io::read_header(path), Contains(path + ": " + toeplitz_weight) && Contains(word));
}

TEST_CASE("two names that are one after taking off prefixes are an error naming both") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    file.floats(toeplitz_weight, {1, 4}, taps);
    file.floats("module." + toeplitz_weight, {1, 4}, taps);
  }
  CHECK_THROWS_WITH(io::read_header(path), Contains(": module." + toeplitz_weight + ":") &&
                                               Contains(" " + toeplitz_weight + " as well"));
}

TEST_CASE("links out of the file, soft links and loops are refused by name") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  std::string word;
  {
    RawFile file(path);
    file.floats("group/w", {4}, taps);
    SECTION("external") {
      H5Lcreate_external("/etc/passwd", "/x", file.id(), "odd", H5P_DEFAULT, H5P_DEFAULT);
      word = "an external link";
    }
    SECTION("soft") {
      H5Lcreate_soft("/group/w", file.id(), "odd", H5P_DEFAULT, H5P_DEFAULT);
      word = "a soft link";
    }
    SECTION("soft loop") {
      H5Lcreate_soft("/odd", file.id(), "odd", H5P_DEFAULT, H5P_DEFAULT);
      word = "a soft link";
    }
    SECTION("cycle of hard links") {
      H5Lcreate_hard(file.id(), "group", file.id(), "group/odd", H5P_DEFAULT, H5P_DEFAULT);
      word = "loop";
    }
    SECTION("cycle through the root") {
      H5Lcreate_hard(file.id(), "/", file.id(), "group/odd", H5P_DEFAULT, H5P_DEFAULT);
      word = "loop";
    }
  }
  CHECK_THROWS_AS(io::read_header(path), FormatError);
  CHECK_THROWS_WITH(io::read_header(path), Contains(path) && Contains("odd") && Contains(word));
}

TEST_CASE("groups nested beyond 16 levels are refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  std::string name = "w";
  for (int i = 0; i < 20; ++i) name = "g/" + name;
  RawFile(path).floats(name, {4}, taps);
  CHECK_THROWS_WITH(io::read_header(path), Contains("nested too deeply"));
}

TEST_CASE("storage in other files is refused before anything is read") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  std::string word;
  SECTION("external") {
    H5Pset_external(plan, "/etc/passwd", 0, 16);
    word = "external storage";
  }
  SECTION("virtual") {
    const hsize_t shape[] = {1, 4};
    const hid_t space = H5Screate_simple(2, shape, nullptr);
    H5Pset_virtual(plan, space, "other.h5", "x", space);
    H5Sclose(space);
    word = "virtual";
  }
  RawFile(path).dataset(toeplitz_weight, {1, 4}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, plan);
  H5Pclose(plan);
  CHECK_THROWS_WITH(io::read_header(path), Contains(toeplitz_weight) && Contains(word));
}

TEST_CASE("a claim that the file cannot account for is refused before memory is asked for") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const auto write = [&](std::vector<hsize_t> shape) {
    RawFile(path).dataset(toeplitz_weight, shape, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, plan);
    H5Pclose(plan);
  };
  SECTION("never written") {
    write({1, 1U << 30U});
    CHECK_THROWS_WITH(io::read_checkpoint(path), Contains("never written"));
  }
  SECTION("product of the shape overflows") {
    const hsize_t chunk[] = {1, 1};
    H5Pset_chunk(plan, 2, chunk);
    write({hsize_t{1} << 33U, hsize_t{1} << 33U});
    CHECK_THROWS_WITH(io::read_header(path), Contains("too large"));
  }
  SECTION("only one chunk of a million was written") {
    const hsize_t chunk[] = {1, 4}, offset[] = {0, 0};
    H5Pset_chunk(plan, 2, chunk);
    {
      RawFile file(path);
      const hid_t id =
          file.dataset(toeplitz_weight, {1, 1000}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, plan);
      H5Dwrite_chunk(id, H5P_DEFAULT, 0, offset, 16, taps.data());
    }
    H5Pclose(plan);
    CHECK_THROWS_WITH(io::read_checkpoint(path), Contains("partly written"));
  }
}

TEST_CASE("filters outside the library's own are refused by number, corrupt data by HDF5's words") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1, 4};
  H5Pset_chunk(plan, 2, chunk);
  SECTION("n-bit") {
    H5Pset_nbit(plan);
    RawFile(path).floats(toeplitz_weight, {1, 4}, taps, H5T_IEEE_F32LE, plan);
    CHECK_THROWS_WITH(io::read_checkpoint(path), Contains(toeplitz_weight) && Contains("filter 5"));
  }
  SECTION("checksum") {
    H5Pset_fletcher32(plan);
    RawFile(path).floats(toeplitz_weight, {1, 4}, {1.25F, 2.5F, 3.75F, 4.125F}, H5T_IEEE_F32LE, plan);
    std::string bytes = test::read_text(path);
    const float needle = 3.75F;
    const auto at = bytes.find(std::string(reinterpret_cast<const char*>(&needle), sizeof needle));
    REQUIRE(at != std::string::npos);
    bytes[at] ^= 1;
    write_text(path, bytes);
    CHECK_THROWS_WITH(io::read_checkpoint(path),
                      Contains(path + ": " + toeplitz_weight) && Contains("HDF5 says: "));
  }
  H5Pclose(plan);
}

TEST_CASE("a file that another program is writing says so") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile writer(path);
  writer.floats(toeplitz_weight, {1, 4}, taps);
  CHECK_THAT(test::run_tmm("info " + path).err, Contains(path + ": another program is writing this file"));
}

TEST_CASE("a damaged heap of variable-length strings, on which HDF5 crashes, is an error like any other") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    file.floats(toeplitz_weight, {1, 4}, taps);
    RawFile::text_attribute(file.id(), "objective", "copy");
  }
  std::string bytes = test::read_text(path);
  const auto heap = bytes.find("GCOL");
  REQUIRE(heap != std::string::npos);
  // Header of 16 bytes; first object: index 2, count 2, reserved 4, then its size: 8 bytes.
  REQUIRE(bytes[heap + 24] == 4);
  bytes[heap + 24 + 3] = 0x10;  // 256 MiB
  write_text(path, bytes);
  // 1.10 crashes; 1.14 does not, and reads what it can.
  std::string outcome = "read";
  try {
    io::read_header(path);
  } catch (const FormatError& e) {
    outcome = e.what();
  }
  if (outcome != "read" || (H5_VERS_MAJOR == 1 && H5_VERS_MINOR <= 10))
    CHECK_THAT(outcome, Contains(path + ": HDF5 crashes on this file"));
}

TEST_CASE("a flipped bit anywhere in a small file gives data or a named error, never a crash") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1, 2};
  H5Pset_chunk(plan, 2, chunk);
  H5Pset_deflate(plan, 1);
  {
    RawFile file(path);
    file.floats(toeplitz_weight, {1, 4}, taps, H5T_IEEE_F32LE, plan);
    RawFile::text_attribute(file.id(), "objective", "copy", true);
  }
  H5Pclose(plan);
  const std::string whole = test::read_text(path);
  std::size_t read = 0, refused = 0;
  for (std::size_t i = 0; i < whole.size(); i += 13) {  // prime: meets every field of aligned structures
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
    write_text(path, bytes);
    try {
      io::read_header(path);
      io::read_checkpoint(path);
      ++read;
    } catch (const Error& e) {
      REQUIRE_THAT(e.what(), Contains(path));
      ++refused;
    }
  }
  CHECK(read > 0);
  CHECK(refused > 0);
}
