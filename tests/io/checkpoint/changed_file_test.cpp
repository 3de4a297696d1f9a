// SPDX-License-Identifier: MIT
// One opening serves header, values and hash: a file that is written to in between is an error.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/file_set.hpp"
#include "io/checkpoint/sha256.hpp"
#include "io/checkpoint/sharded.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::RawFile, test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// As if written long ago: two changes within one tick of the system's clock would have one time.
void age(const std::string& path) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
}

/// Changes one bit of the last byte, in place.
void change(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const int last = file.get();
  file.seekp(-1, std::ios::end);
  file.put(static_cast<char>(last ^ 1));
}

/// The file to open, and the one that is changed.
std::pair<std::string, std::string> checkpoint(const std::string& form, const TemporaryFolder& folder) {
  const std::string h5 = folder.file("m.h5"), st = folder.file("m.safetensors");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1, 16};
  H5Pset_chunk(plan, 2, chunk);
  {
    RawFile file(h5);
    const hid_t layout = form == "HDF5 in chunks" ? plan : H5P_DEFAULT;
    file.floats(test::toeplitz_weight, {1, 64}, std::vector<float>(64, 1), H5T_IEEE_F32LE, layout);
    file.floats("mixer_blocks.0.token_mixing_layer.bias", {64}, std::vector<float>(64, 2));
  }
  H5Pclose(plan);
  std::pair<std::string, std::string> files{h5, h5};
  if (form == "safetensors") {
    io::convert_checkpoint(h5, st, false);
    files = {st, st};
  } else if (form == "shards") {
    files = {test::write_shards(h5, folder.path()), folder.file("model-2.safetensors")};
  }
  for (const auto& entry : fs::directory_iterator(folder.path())) age(entry.path().string());
  return files;
}

}  // namespace

TEST_CASE("changed files: between header and values, and between values and hash") {
  const std::string form = GENERATE("HDF5", "HDF5 in chunks", "safetensors", "shards");
  INFO(form);
  const TemporaryFolder folder;
  const auto [path, part] = checkpoint(form, folder);
  {
    const auto source = io::open_checkpoint(path);
    CHECK(io::read_checkpoint(*source).tensors().size() == 2);
    CHECK(source->sha256().size() == 64);
    CHECK(io::read_checkpoint(*source).tensors().size() == 2);  // again, as often as needed
    change(part);
    CHECK_THROWS_AS(source->sha256(), FileError);
    CHECK_THROWS_WITH(source->sha256(), Contains(part + ": the file changes while it is read"));
  }
  age(part);
  const auto source = io::open_checkpoint(path);
  change(part);
  CHECK_THROWS_WITH(io::read_checkpoint(*source), Contains(part + ": the file changes while it is read"));
}

TEST_CASE("changed files: one that another takes the place of is read to its end, and so is its hash") {
  const std::string form = GENERATE("HDF5", "HDF5 in chunks", "safetensors", "shards");
  INFO(form);
  const TemporaryFolder folder;
  const auto [path, part] = checkpoint(form, folder);
  const std::string hash = io::open_checkpoint(path)->sha256();
  const auto source = io::open_checkpoint(path);
  std::ofstream(folder.file("other")) << "something else";
  fs::rename(folder.file("other"), part);
  CHECK(io::read_checkpoint(*source).at(test::toeplitz_weight).as_float() == std::vector<float>(64, 1));
  CHECK(source->sha256() == hash);
}

TEST_CASE("changed files: a set of more files than stay open notices another file under a name") {
  const TemporaryFolder folder;
  io::FileSet files;
  std::string lines;
  for (std::size_t i = 0; i < io::FileSet::most_open + 2; ++i) {
    const std::string path = folder.file(std::to_string(i));
    std::ofstream(path) << i;
    age(path);
    files.add(std::make_shared<const io::InputFile>(path));
    lines += io::sha256(std::to_string(i)) + "  " + (i == 0 ? "-" : std::to_string(i)) + "\n";
  }
  CHECK(io::sha256_checkpoint(files) == io::sha256(lines));
  const std::string last = folder.file(std::to_string(io::FileSet::most_open + 1));
  fs::copy_file(last, folder.file("copy"));
  age(folder.file("copy"));
  fs::rename(folder.file("copy"), last);
  CHECK_THROWS_WITH(io::sha256_checkpoint(files), Contains(last + ": the file changes while it is read"));
}
