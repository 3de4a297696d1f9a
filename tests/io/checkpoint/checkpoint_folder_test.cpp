// SPDX-License-Identifier: MIT
#include "io/checkpoint/checkpoint_folder.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <initializer_list>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_files.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// Empty files (and folders, where a name ends in /) below `folder`.
void fill(const TemporaryFolder& folder, std::initializer_list<const char*> names) {
  for (const std::string name : names) {
    const fs::path path = folder.path() / name;
    fs::create_directories(name.ends_with('/') ? path : path.parent_path());
    if (!name.ends_with('/')) test::write_bytes(path.string(), "");
  }
}

std::string chosen(const TemporaryFolder& folder) {
  return fs::path(io::choose_checkpoint(folder.path().string()).path).lexically_relative(folder.path());
}

std::string refusal(const TemporaryFolder& folder) {
  try {
    return "taken: " + io::choose_checkpoint(folder.path().string()).path;
  } catch (const FileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("folders: the weights of a trainer's checkpoint, whatever stands beside them") {
  const auto [weights, others] = GENERATE(table<std::string, std::string>({
      {"model.safetensors", "optimizer.pt"},
      {"pytorch_model.bin", "training_args.bin"},
      {"model.safetensors.index.json", "model-00001-of-00002.safetensors"},
      {"pytorch_model.bin.index.json", "pytorch_model-00001-of-00002.bin"},
      {"model.h5", "state.h5"},
      {"model.safetensors", "random_states_0.pkl"},
      {"model.safetensors", "tokens.h5"},
      {"epoch.ckpt", "scheduler.pt"},
      {"model-00001-of-00001.safetensors", "rng_state.pth"},
      {"only.pt", "._only.pt"},
  }));
  CAPTURE(weights, others);
  const TemporaryFolder folder;
  fill(folder, {weights.c_str(), others.c_str(), "trainer_state.json", "config.json"});
  CHECK(chosen(folder) == weights);
  const auto choice = io::choose_checkpoint(folder.path().string());
  CHECK(choice.taken == weights);
  CHECK_FALSE(choice.choice);
}

TEST_CASE("folders: of a run its newest checkpoint with weights, by number, and the remark says so") {
  const TemporaryFolder folder;
  fill(folder, {"checkpoint-1000/model.safetensors", "checkpoint-250/model.safetensors",
                "checkpoint-500/pytorch_model.bin", "runs/", "golden.h5"});
  CHECK(chosen(folder) == "checkpoint-1000/model.safetensors");
  const auto choice = io::choose_checkpoint(folder.path().string());
  CHECK(choice.choice);
  CHECK(choice.taken == "checkpoint-1000/model.safetensors, the newest of 3 checkpoints (steps 250 to 1000)");
  fill(folder, {"checkpoint-2000/optimizer.pt"});
  CHECK(chosen(folder) == "checkpoint-1000/model.safetensors");
  CHECK_THAT(io::choose_checkpoint(folder.path().string()).taken, Contains("(checkpoint-2000: none)"));
  CHECK(io::choose_checkpoint(folder.file("checkpoint-250")).path ==
        folder.file("checkpoint-250/model.safetensors"));
  fill(folder, {"model.safetensors"});
  CHECK(chosen(folder) == "model.safetensors");
  CHECK_THAT(io::choose_checkpoint(folder.path().string()).taken,
             Contains("the folder's own") && Contains("4 checkpoints (steps 250 to 2000)"));
}

TEST_CASE("folders: checkpoints by step may be files, and names with any of the usual stems") {
  const TemporaryFolder folder;
  fill(folder, {"step_9.pt", "step_10.pt", "step_11x.pt", "ckpt-8.safetensors", "checkpoint_7/model.h5"});
  const auto listed = io::list_checkpoint_folder(folder.path().string());
  std::vector<std::uint64_t> steps;
  for (const auto& step : listed.steps) steps.push_back(step.step);
  CHECK(steps == std::vector<std::uint64_t>{7, 8, 9, 10});
  CHECK(chosen(folder) == "step_10.pt");
}

TEST_CASE("folders: where more than one thing could be meant the message asks which") {
  const TemporaryFolder two, models, steps, inside;
  fill(two, {"a.safetensors", "b.safetensors"});
  CHECK_THAT(refusal(two), Contains("more than one file") && Contains("a.safetensors, b.safetensors"));
  fill(models, {"model.safetensors", "model_1.safetensors"});  // accelerate with two models
  CHECK_THAT(refusal(models), Contains("model.safetensors, model_1.safetensors"));
  fill(steps, {"checkpoint-5/model.safetensors", "step-5/model.safetensors"});
  CHECK_THAT(refusal(steps), Contains("two checkpoints of one step") && Contains("checkpoint-5, step-5"));
  fill(inside, {"checkpoint-5/model.safetensors", "checkpoint-5/pytorch_model.bin"});
  CHECK_THAT(refusal(inside), Contains(inside.file("checkpoint-5")) && Contains("pytorch_model.bin"));
}

TEST_CASE("folders: what is no checkpoint is refused by its own name") {
  const auto [name, words, advice] = GENERATE(table<std::string, std::string, std::string>({
      {"__0_0.distcp", "torch.distributed.checkpoint", "dcp_to_torch_save"},
      {"pytorch_model_fsdp_0/__0_0.distcp", "torch.distributed.checkpoint", "dcp_to_torch_save"},
      {"mp_rank_00_model_states.pt", "DeepSpeed", "zero_to_fp32.py"},
      {"model-00001-of-00002.safetensors", "shards without their index", "model.safetensors.index.json"},
      {"adapter_model.safetensors", "adapter of PEFT", "merge_and_unload"},
      {"optimizer.pt", "optimizer.pt", "model.safetensors"},
      {"notes.txt", "notes.txt", "model.safetensors"},
      {"src/", "src/", "checkpoint-500"},
  }));
  CAPTURE(name);
  const TemporaryFolder folder;
  fill(folder, {name.c_str()});
  CHECK_THAT(refusal(folder), Contains(folder.path().string() + ": no checkpoint in this folder") &&
                                  Contains(words) && Contains(advice));
  const TemporaryFolder empty;
  CHECK_THAT(refusal(empty), Contains("found an empty folder"));
  const TemporaryFolder stopped;
  fill(stopped, {"checkpoint-5/"});
  CHECK_THAT(refusal(stopped), Contains("no checkpoint of this run has weights") && Contains("checkpoint-5"));
}

TEST_CASE("a part of a checkpoint is refused, its content would pass for a whole one") {
  const TemporaryFolder folder;
  fill(folder, {"__0_0.distcp", ".metadata", "pytorch_model-00001-of-00002.bin",
                "pytorch_model-00001-of-00001.bin", "run-1-of-5.bin"});
  for (const std::string name : {"__0_0.distcp", ".metadata"})
    CHECK_THROWS_WITH(io::choose_checkpoint(folder.file(name)),
                      Contains(name + ": a part of a checkpoint") && Contains("dcp_to_torch_save"));
  CHECK_THROWS_WITH(io::choose_checkpoint(folder.file("pytorch_model-00001-of-00002.bin")),
                    Contains("one shard") && Contains("pytorch_model.bin.index.json"));
  for (const std::string name : {"pytorch_model-00001-of-00001.bin", "run-1-of-5.bin", "none.distcp"})
    CHECK(io::choose_checkpoint(folder.file(name)).path == folder.file(name));
}

TEST_CASE("shards behind an index that are no checkpoints are refused by what they are") {
  const TemporaryFolder folder;
  test::write_bytes(folder.file("pytorch_model.bin.index.json"),
                    R"({"weight_map": {"a": "pytorch_model-00001-of-00002.bin"}})");
  const std::string shard = folder.file("pytorch_model-00001-of-00002.bin");
  test::write_bytes(shard, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
  CHECK_THROWS_WITH(io::read_header(folder.path().string()), Contains(shard) && Contains("git lfs pull"));
}

TEST_CASE("folders: links are followed, and what is no regular file is refused by its kind") {
  const TemporaryFolder folder;
  fill(folder, {"blobs/0a1b", "snapshot/"});
  const std::string bytes = test::safetensors(
      R"({"mixer_blocks.0.token_mixing_layer.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})",
      std::string(8, '\0'));
  test::write_bytes(folder.file("blobs/0a1b"), bytes);
  fs::create_symlink("../blobs/0a1b", folder.file("snapshot/model.safetensors"));  // as the hub's cache
  fs::create_directory_symlink("snapshot", folder.file("latest"));
  const auto header = io::read_header(folder.file("latest"));
  CHECK(header.path == folder.file("latest/model.safetensors"));
  CHECK(header.taken == "model.safetensors");
  CHECK(io::remarks(header).empty());
  fs::remove(folder.file("blobs/0a1b"));
  CHECK_THROWS_WITH(io::read_header(folder.file("latest")), Contains("No such file"));
  fs::remove(folder.file("snapshot/model.safetensors"));
  REQUIRE(::system(("mkfifo " + folder.file("snapshot/model.safetensors")).c_str()) == 0);
  CHECK_THROWS_WITH(io::read_header(folder.file("snapshot")), Contains("found a pipe"));
}

TEST_CASE("copies: one of several networks in a file is read alone, under the names of the network") {
  const TemporaryFolder folder;
  const std::string weight = "mixer_blocks.0.token_mixing_layer.weight", file = folder.file("m.safetensors");
  const auto tensor = [](const std::string& name, int at) {
    return "\"" + name +
           "\":" + test::entry("F32", "[1,2]", std::to_string(8 * at), std::to_string(8 * at + 8));
  };
  test::write_bytes(
      file, test::safetensors("{" + tensor("model." + weight, 0) + "," +
                                  tensor("ema_model.module." + weight, 1) + "," + tensor("steps", 2) + "}",
                              test::bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6})));
  CHECK_THROWS_WITH(io::recognize_header(io::read_header(file)),
                    Contains("which of them is the network?") && Contains("--copy model."));
  for (const std::string copy : {"ema_model", "ema_model.", "ema_model.module", "ema_model.module."}) {
    const auto header = io::read_header(file, copy);
    REQUIRE(header.tensors.size() == 1);
    CHECK(header.tensors[0].name == weight);
    CHECK(header.container == "ema_model.");
    CHECK_THAT(io::remarks(header).at(0), Contains("\"ema_model.\"") && Contains("2 other tensors"));
  }
  CHECK(io::read_header(file, "model").container == "model.");
  CHECK_THROWS_WITH(io::read_header(file, "ema"), Contains("\"ema_model.\", \"model.\""));
  CHECK_THROWS_WITH(io::read_header(file, "top"), Contains("no blocks of a network at the top"));
  CHECK_THROWS_WITH(io::read_header(file, "steps"), Contains("no blocks of a network below \"steps.\""));
}
