// SPDX-License-Identifier: MIT
// Odd but possible HDF5 files: each is read rightly or refused by name.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_files.hpp"
#include "io/files/memory_limit.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::RawFile, test::TemporaryFolder, test::toeplitz_weight, test::write_bytes;

namespace {

const std::vector<float> taps{1, 2, 3, 4};

hid_t compound() {
  const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "re", 0, H5T_IEEE_F32LE);
  H5Tinsert(type, "im", 4, H5T_IEEE_F32LE);
  return type;
}

hid_t string_of_4() {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, 4);
  return type;
}

hid_t odd_float() {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_ebias(type, 100);
  return type;
}

hid_t array_of_2() {
  const hsize_t extent = 2;
  return H5Tarray_create2(H5T_IEEE_F32LE, 1, &extent);
}

}  // namespace

TEST_CASE("corpus: a user block before the file changes nothing, in plain and in chunked storage") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t creation = H5Pcreate(H5P_FILE_CREATE), plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_userblock(creation, 1024);
  const hsize_t chunk[] = {1, 3}, shape[] = {1, 4};
  H5Pset_chunk(plan, 2, chunk);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(2, shape, nullptr);
  for (const auto& [name, how] : {std::pair{"plain", hid_t{H5P_DEFAULT}}, std::pair{"chunked", plan}}) {
    const hid_t id = H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Dwrite(id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, taps.data());
    H5Dclose(id);
  }
  H5Sclose(space);
  H5Fclose(file);
  H5Pclose(plan);
  H5Pclose(creation);
  const auto state = io::read_checkpoint(path);
  CHECK(state.at("plain").as_float() == taps);
  CHECK(state.at("chunked").as_float() == taps);
}

TEST_CASE("corpus: data in the header itself (compact) is read") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_layout(plan, H5D_COMPACT);
  RawFile(path).floats("x", {2, 2}, taps, H5T_IEEE_F32BE, plan);
  H5Pclose(plan);
  CHECK(io::read_checkpoint(path).at("x").as_float() == taps);
}

TEST_CASE("corpus: types that are no numbers are named") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const auto [type, word] = GENERATE_COPY(table<hid_t, std::string>({
      {compound(), "compound"},
      {string_of_4(), "string"},
      {odd_float(), "float of unusual layout"},
      {array_of_2(), "array"},
      {H5Tvlen_create(H5T_IEEE_F32LE), "variable-length"},
      {H5Tcopy(H5T_STD_REF_OBJ), "reference"},
      {H5Tcopy(H5T_STD_REF_DSETREG), "reference"},
      {H5Tenum_create(H5T_STD_I8LE), "enumeration"},
      {H5Tcreate(H5T_OPAQUE, 4), "opaque"},
  }));
  INFO(word);
  if (word == "enumeration") {
    const signed char value = 1;
    H5Tenum_insert(type, "TRUE", &value);
  }
  RawFile(path).dataset(toeplitz_weight, {1, 4}, type, type, nullptr);
  CHECK_THROWS_WITH(io::read_header(path),
                    Contains(path + ": " + toeplitz_weight) && Contains("found " + word));
  RawFile(path).dataset("other", {1, 4}, type, type, nullptr);
  const auto header = io::read_header(path);
  REQUIRE(header.ignored.size() == 1);
  CHECK_THAT(header.ignored[0].type, Contains(word));
  CHECK_THROWS_WITH(io::read_array<double>(path, "other"), Contains(path + ": other") && Contains(word));
}

TEST_CASE("corpus: a committed type is the type it stands for") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    const hid_t type = H5Tcopy(H5T_IEEE_F64BE);
    H5Tcommit2(file.id(), "number", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    file.floats("x", {4}, taps, type);
  }
  CHECK(io::read_checkpoint(path).at("x").as_double() == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("corpus: shapes with no element, of no dimension, of too many") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    file.floats("empty", {3, 0, 5}, {});
    file.floats("scalar", {}, {2.5F});
    const hid_t space = H5Screate(H5S_NULL);
    H5Dclose(H5Dcreate2(file.id(), "null", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
  }
  const auto state = io::read_checkpoint(path);
  CHECK(state.at("empty").as_float().empty());
  CHECK(state.at("scalar").as_float() == std::vector<float>{2.5F});
  CHECK_FALSE(state.contains("null"));
  for (const std::size_t rank : {std::size_t{9}, std::size_t{32}}) {
    RawFile(path).floats("deep", std::vector<hsize_t>(rank, 1), {1});
    CHECK_THROWS_WITH(io::read_header(path),
                      Contains(path + ": deep") && Contains("wrong number of dimensions"));
  }
}

TEST_CASE(
    "corpus: a gzip bomb and data that only a fill value gives are refused before memory is asked for") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1U << 14U, 1U << 10U}, offset[] = {0, 0};
  H5Pset_chunk(plan, 2, chunk);
  H5Pset_deflate(plan, 9);
  {
    RawFile file(path);
    const hid_t id =
        file.dataset("bomb", {1U << 14U, 1U << 10U}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, plan);
    H5Dwrite_chunk(id, H5P_DEFAULT, 0, offset, 16, taps.data());  // 64 MiB out of 16 bytes
  }
  H5Pclose(plan);
  CHECK_THROWS_WITH(io::read_checkpoint(path), Contains("smaller than any compression"));
  const float fill = 1;
  const hid_t filled = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_fill_value(filled, H5T_NATIVE_FLOAT, &fill);
  RawFile(path).dataset("w", {1U << 15U, 1U << 15U}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, filled);
  H5Pclose(filled);
  CHECK_THROWS_WITH(io::read_checkpoint(path), Contains("never written"));
}

TEST_CASE("corpus: an honest file larger than --max-memory is refused, and read when the limit is raised") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile(path).floats("w", {1000, 1000}, std::vector<float>(1'000'000, 1));
  const std::uint64_t before = io::memory_limit();
  io::set_memory_limit(3'000'000);
  CHECK_THROWS_WITH(io::read_checkpoint(path),
                    Contains(path + ": needs more memory") && Contains("--max-memory"));
  CHECK_THROWS_WITH(io::read_array<float>(path, "w"), Contains("--max-memory"));
  CHECK(io::read_header(path).tensors.size() == 1);
  io::set_memory_limit(before);
  CHECK(io::read_checkpoint(path).at("w").as_float().size() == 1'000'000);
}

TEST_CASE("corpus: thousands of attributes and objects stay bounded") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    for (int i = 0; i < 500; ++i)
      RawFile::text_attribute(file.id(), "a" + std::to_string(i), "text", i % 2 == 0);
    for (int i = 0; i < 3000; ++i) H5Dclose(file.floats("t" + std::to_string(i), {1}, {1}));
  }
  const auto header = io::read_header(path);
  CHECK(header.attributes.size() == 500);
  CHECK(header.tensors.size() == 3000);
}

TEST_CASE("corpus: a filter that a plugin would bring is refused, with a plugin path set or without") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1, 4}, offset[] = {0, 0};
  H5Pset_chunk(plan, 2, chunk);
  H5Pset_filter(plan, 32015, H5Z_FLAG_OPTIONAL, 0, nullptr);
  {
    RawFile file(path);
    const hid_t id = file.dataset(toeplitz_weight, {1, 4}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr, plan);
    H5Dwrite_chunk(id, H5P_DEFAULT, 0, offset, 16, taps.data());
  }
  H5Pclose(plan);
  const auto result = test::run("HDF5_PLUGIN_PATH=" + folder.path().string() + " " TMM_BINARY " convert " +
                                path + " " + folder.file("out"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("filter 32015"));
}

TEST_CASE("corpus: every byte of the superblock at five values: data or an error, never a crash") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile(path).floats(toeplitz_weight, {1, 4}, taps);
  const std::string whole = test::read_text(path);
  std::size_t refused = 0;
  for (std::size_t i = 8; i < 96; ++i)
    for (const unsigned value : {0U, 1U, 4U, 127U, 255U}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(value);
      write_bytes(path, bytes);
      try {
        io::read_checkpoint(path);
      } catch (const Error& e) {
        REQUIRE_THAT(e.what(), Contains(path));
        ++refused;
      }
    }
  CHECK(refused > 100);
}

TEST_CASE("sizes for --max-memory") {
  CHECK(io::parse_size("800") == 800);
  CHECK(io::parse_size("64k") == 65536);
  CHECK(io::parse_size("1.5GiB") == 1'610'612'736);
  CHECK(io::parse_size("2TB") == 2'199'023'255'552);
  for (const char* bad : {"", "G", "-1", "1x", "1e99", "nan", "0", "1 G", "99999999999T", "inf"})
    CHECK_THROWS_AS(io::parse_size(bad), ArgumentError);
  CHECK(test::run_tmm("info x --max-memory much").exit_code == 2);
}
