// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstring>

#include "io/checkpoint/sha256.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/pickle/pickle_files.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using namespace tmm::test::pickled;
using test::TemporaryFolder, test::write_bytes;

namespace {

std::string floats(const std::vector<float>& values) {
  std::string bytes(4 * values.size(), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE(
    "torch: shards are read as one checkpoint through their index, and hashed like those of safetensors") {
  const TemporaryFolder folder;
  const std::string index = folder.file("pytorch_model.bin.index.json");
  const auto write_shard = [&](const std::string& name, const std::string& key, float first) {
    const std::string object = dictionary({{key, tensor(storage("FloatStorage", "0", 2), 0, {2}, {1})}});
    write_bytes(folder.file(name), torch_file(object, {floats({first, first + 1})}));
    return io::sha256(torch_file(object, {floats({first, first + 1})})) + "  " + name + "\n";
  };
  const std::string a = "pytorch_model-00001-of-00002.bin", b = "pytorch_model-00002-of-00002.bin";
  const std::string lines = write_shard(a, "x", 1) + write_shard(b, "y", 3);
  const std::string whole =
      R"({"metadata": {"total_size": 16}, "weight_map": {"x": ")" + a + R"(", "y": ")" + b + R"("}})";
  write_bytes(index, whole);
  for (const std::string& path : {index, folder.path().string()}) {
    const auto source = io::open_checkpoint(path);
    CHECK(source->header().format == "torch.save, 2 shards");
    CHECK(source->header().shards.size() == 2);
    CHECK(source->sha256() == io::sha256(io::sha256(whole) + "  -\n" + lines));
    const auto state = io::read_checkpoint(*source);
    CHECK(state.at("x").as_float() == std::vector<float>{1, 2});
    CHECK(state.at("y").as_float() == std::vector<float>{3, 4});
  }
  CHECK_THROWS_WITH(io::read_header(folder.file(a)), Contains("one shard"));

  const auto [map, word] = GENERATE(table<std::string, std::string>({
      {R"({"x": "../pytorch_model-00001-of-00002.bin"})", "plain file name"},
      {R"({"x": "missing.bin"})", "is missing"},
      {R"({"x": "pytorch_model-00002-of-00002.bin"})", "according to the index"},
      {R"({"x": "pytorch_model-00001-of-00002.bin", "z": "pytorch_model-00001-of-00002.bin"})", "missing"},
      {R"({"x": "pytorch_model-00001-of-00002.bin", "y": "pytorch_model.bin.index.json"})",
       "no file of torch.save"},
  }));
  INFO(map);
  write_bytes(index, R"({"weight_map": )" + map + "}");
  CHECK_THROWS_AS(io::read_header(index), Error);
  CHECK_THROWS_WITH(io::read_header(index), Contains(word));
}
