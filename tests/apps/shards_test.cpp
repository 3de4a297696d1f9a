// SPDX-License-Identifier: MIT
// A checkpoint in several safetensors files is one checkpoint for every command.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/checkpoint/sharded.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using namespace tmm;
using test::read_text, test::run, test::run_tmm, test::TemporaryFolder;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";

/// What coreutils say of the index and its shards: the definition in io/checkpoint/sha256.hpp.
std::string expected_hash(const TemporaryFolder& folder) {
  return run("cd " + folder.path().string() +
             "; { sha256sum <model.safetensors.index.json; LC_ALL=C sha256sum model-*.safetensors; } | "
             "sha256sum")
      .out.substr(0, 64);
}

/// Changes one bit of the last value of a file.
void change_last_byte(const std::string& path) {
  std::string bytes = read_text(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("shards: analyze sees the same operators, and its hash covers the index and every shard") {
  const TemporaryFolder folder;
  const std::string index = test::write_shards(clm, folder.path());
  const auto analyze = [&](const std::string& file) {
    const auto result = run_tmm("analyze --format json --layers 1 " + file);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return json::parse(result.out);
  };
  const json whole = analyze(clm), sharded = analyze(index);
  CHECK(sharded["models"][0]["operators"] == whole["models"][0]["operators"]);
  CHECK(sharded["conventions"].contains("sha256"));
  const std::string before = sharded["models"][0]["sha256"];
  CHECK(before == expected_hash(folder));
  for (const char* shard : {"model-1.safetensors", "model-2.safetensors"}) {
    change_last_byte(folder.file(shard));
    const std::string after = analyze(index)["models"][0]["sha256"];
    CHECK(after != before);
    CHECK(after == expected_hash(folder));
    change_last_byte(folder.file(shard));
  }
  CHECK(analyze(index)["models"][0]["sha256"] == before);
  std::ofstream(index, std::ios::app) << '\n';
  CHECK(analyze(index)["models"][0]["sha256"] != before);
}

TEST_CASE("shards: evaluate gives the loss of the single file, with the hash of all") {
  const TemporaryFolder folder;
  const std::string file = folder.file("m.h5"), tokens = folder.file("tokens.h5");
  {
    io::ArrayWriter model(file), ids(tokens);
    const auto state = test::random_state("heads");
    for (const auto& [name, tensor] : state.tensors())
      model.dataset(name, tensor.info.shape, tensor.as_double());
    model.finish();
    ids.dataset("tokens", std::vector<std::size_t>{6}, std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
    ids.finish();
  }
  const std::string index = test::write_shards(file, folder.path());
  const auto evaluate = [&](const std::string& checkpoint) {
    return json::parse(run_tmm("evaluate --format json " + checkpoint + " --tokens " + tokens).out);
  };
  const json whole = evaluate(file), sharded = evaluate(index);
  CHECK(sharded["loss"] == whole["loss"]);
  CHECK(sharded["sha256"] == expected_hash(folder));
  CHECK(whole["sha256"] != sharded["sha256"]);
}

TEST_CASE("shards: info counts them and the bytes of all") {
  const TemporaryFolder folder;
  const std::string index = test::write_shards(clm, folder.path());
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) bytes += entry.file_size();
  const auto result = run_tmm("info --format json " + index);
  REQUIRE(result.exit_code == 0);
  const json report = json::parse(result.out);
  CHECK(report["file_size"] == bytes);
  CHECK_THAT(run_tmm("info " + index).out, Contains("safetensors, 2 shards"));
}

TEST_CASE("shards: no command writes over one, even when forced") {
  const TemporaryFolder folder;
  const std::string index = test::write_shards(clm, folder.path()),
                    shard = folder.file("model-2.safetensors");
  const std::string before = read_text(shard);
  for (const std::string& arguments : {"convert --force " + index + " " + shard,
                                       "analyze --force --format json " + index + " -o " + shard}) {
    const auto result = run_tmm(arguments);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("would replace an input file"));
    CHECK(read_text(shard) == before);
  }
}
