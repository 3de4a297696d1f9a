// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using nlohmann::json;
using test::run_tmm, test::TemporaryFolder;

namespace {

std::string write_model(const TemporaryFolder& folder, const std::string& variant,
                        const std::string& name = "model.h5") {
  io::ArrayWriter file(folder.file(name));
  const auto state = test::random_state(variant);
  for (const auto& [tensor, value] : state.tensors())
    file.dataset(tensor, value.info.shape, value.as_double());
  file.finish();
  return folder.file(name);
}

/// Rows of ids below 30.
std::string write_tokens(const TemporaryFolder& folder, std::size_t rows = 6, std::size_t length = 21) {
  io::ArrayWriter file(folder.file("tokens.h5"));
  const auto ids = test::random_batch(rows, length, true).ids;
  file.dataset("tokens", std::vector<std::size_t>{rows, length},
               std::vector<std::int64_t>(ids.begin(), ids.end()));
  file.finish();
  return folder.file("tokens.h5");
}

json jacobian(const std::string& arguments) {
  const auto result = run_tmm("jacobian " + arguments + " --format json");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return json::parse(result.out);
}

std::string error_of(const std::string& arguments, int code = 1) {
  const auto result = run_tmm("jacobian " + arguments);
  INFO(arguments);
  CHECK(result.exit_code == code);
  CHECK(result.out.empty());
  return result.err;
}

}  // namespace

TEST_CASE("jacobian: samples, lengths and seeds, the same on any number of threads") {
  const TemporaryFolder folder;
  const std::string model = write_model(folder, "heads"), tokens = " --tokens " + write_tokens(folder);
  const json usual = jacobian(model + tokens + " --samples 3 --threads 1 --length 8");
  CHECK(usual["tokens"]["samples"].size() == 3);
  CHECK(usual["tokens"]["length"] == 8);
  CHECK(usual["derivative"]["position"] == 7);
  CHECK(usual["stream"]["rows"] == 96);
  CHECK(usual["sha256"].get<std::string>().size() == 64);
  CHECK(jacobian(model + tokens + " --samples 3 --threads 3 --length 8") == usual);
  CHECK(jacobian(model + tokens + " --samples 3 --threads 1 --length 8 --seed 5")["stream"] !=
        usual["stream"]);
  CHECK(jacobian(model + tokens + " --samples 50 --no-blocks --length 4")["tokens"]["samples"].size() == 6);
}

TEST_CASE("jacobian: every family that can be run has a derivative") {
  const TemporaryFolder folder;
  const std::string tokens = " --tokens " + write_tokens(folder);
  for (const std::string variant :
       {"averages", "softplus_heads", "attention", "masked_mixer", "dense", "kernel"}) {
    CAPTURE(variant);
    const json found =
        jacobian(write_model(folder, variant, variant + ".h5") + tokens + " --samples 2 --length 6");
    CHECK(found["vector"]["measures"]["sigma_max"]["known"] == 2);
    CHECK(found["blocks"].size() == 2);
    CHECK_THAT(found["derivative"]["stream"].get<std::string>(),
               variant == "dense" ? Contains("encoderblocks.1") : Contains("blocks.1"));
  }
  const json whole =
      jacobian(folder.file("dense.h5") + tokens + " --samples 1 --length 6 --through-bottleneck");
  CHECK(whole["stream"]["measures"]["log10_sigma_min"]["status"] == "certified");
  CHECK(whole["blocks"].size() == 4);
}

TEST_CASE("jacobian: the arrays are the matrices, in the order that their names say") {
  const TemporaryFolder folder;
  const std::string arrays = folder.file("j.h5");
  const std::string arguments =
      write_model(folder, "flat") + " --tokens " + write_tokens(folder) + " --length 5 ";
  const json found = jacobian(arguments + "--samples 2 --hdf5 " + arrays);
  const auto vector = io::read_array<double>(arrays, "vector"),
             stream = io::read_array<double>(arrays, "stream");
  CHECK(vector.shape == std::vector<std::size_t>{2, 12, 5, 12});
  CHECK(stream.shape == std::vector<std::size_t>{2, 5, 12, 5, 12});
  // z is the last position of the stream; the way back and forward mode made them.
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t i = 0; i < 12 * 60; ++i)
      REQUIRE(std::fabs(vector.values[s * 720 + i] - stream.values[s * 3600 + 4 * 720 + i]) <= 1e-12);
  const auto sigma = io::read_array<double>(arrays, "stream_singular_values").values;
  CHECK(sigma[0] == found["stream"]["by_sample"][0]["sigma_max"]["value"]);
  CHECK(io::read_array<double>(arrays, "retention_frobenius").shape == std::vector<std::size_t>{2, 5});
  CHECK(io::read_array<std::int64_t>(arrays, "samples").values ==
        found["tokens"]["samples"].get<std::vector<std::int64_t>>());
  CHECK_THAT(error_of(arguments + "--hdf5 " + arrays), Contains("exists already"));
  CHECK_THAT(error_of(arguments + "--force --hdf5 " + arrays + " -o " + arrays + " --format json"),
             Contains("one file"));
  CHECK(run_tmm("jacobian " + arguments + "--full 0 --force -q --hdf5 " + arrays).exit_code == 0);
  CHECK_THROWS(io::read_array<double>(arrays, "stream"));
}

TEST_CASE("jacobian: what cannot be differentiated is refused by name") {
  const TemporaryFolder folder;
  const std::string model = write_model(folder, "flat"), tokens = write_tokens(folder);
  CHECK_THAT(error_of(std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5 --tokens " + tokens),
             Contains("Toeplitz layers only"));
  CHECK_THAT(error_of(model), Contains("nothing to differentiate at") && Contains("--tokens"));
  CHECK_THAT(error_of(model + " --tokens " + tokens + " --length 22"),
             Contains("shorter") && Contains("at most 21") && Contains("22"));
  CHECK_THAT(error_of(model + " --text " + tokens), Contains("vocabulary"));
  CHECK_THAT(error_of(model + " --tokens " + tokens + " --through-bottleneck"), Contains("autoencoder"));
  CHECK_THAT(error_of(model + " --tokens " + tokens + " --samples 0", 2), Contains("--samples"));
  CHECK_THAT(error_of(model + " --tokens " + tokens + " -o x.tex", 2),
             Contains(".json, .csv, .html or .txt"));
  io::ArrayWriter large(folder.file("large.h5"));
  large.dataset("tokens", std::vector<std::size_t>{4}, std::vector<std::int64_t>{1, 2, 30, 3});
  large.finish();
  CHECK_THAT(error_of(model + " --tokens " + folder.file("large.h5")), Contains("30"));
  io::ArrayWriter overflowing(folder.file("overflow.h5"));
  const auto state = test::random_state("flat");
  for (const auto& [tensor, value] : state.tensors()) {
    auto numbers = value.as_double();
    if (tensor.find("channel_mixing_layer") != std::string::npos)
      for (double& x : numbers) x *= 1e200;
    overflowing.dataset(tensor, value.info.shape, numbers);
  }
  overflowing.finish();
  CHECK_THAT(error_of(folder.file("overflow.h5") + " --tokens " + tokens),
             Contains("overflow.h5") && Contains("not finite"));
  std::ofstream(folder.file("empty.txt")).close();
  CHECK_THAT(error_of(model + " --text " + folder.file("empty.txt")), Contains("empty.txt"));
  const std::string rows = folder.file("long.h5");
  io::ArrayWriter file(rows);
  file.dataset("tokens", std::vector<std::size_t>{1, 30}, std::vector<std::int64_t>(30, 1));
  file.finish();
  CHECK_THAT(error_of(model + " --tokens " + rows), Contains("30"));
}

TEST_CASE("jacobian: beside runs, compare sets it against the index of their layers") {
  const TemporaryFolder folder;
  io::ArrayWriter file(folder.file("t.h5"));
  file.dataset("tokens", std::vector<std::size_t>{8}, std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 0});
  file.finish();
  std::string arguments = "compare";
  for (int i = 0; i < 4; ++i) {
    const std::string run = folder.file("run-" + std::to_string(i));
    REQUIRE(run_tmm("train --random --vocabulary 8 --context 8 --dim 6 --blocks 2 --steps 3 --seed " +
                    std::to_string(i) + " -o " + run)
                .exit_code == 0);
    std::filesystem::create_directory(run + "/evaluations");
    const auto written = run_tmm("jacobian " + run + "/model.h5 --tokens " + folder.file("t.h5") + " -q -o " +
                                 run + "/evaluations/jacobian.json");
    INFO(written.err);
    REQUIRE(written.exit_code == 0);
    arguments += (i == 2 ? " --against " : " ") + run;
  }
  const auto table = run_tmm(arguments);
  INFO(table.err);
  REQUIRE(table.exit_code == 0);
  CHECK_THAT(table.out, Contains("z effective rank") && Contains("z effective positions") &&
                            Contains("stream log10 sigma_min") && Contains("winding_fraction"));
  const json found = json::parse(run_tmm(arguments + " --format json").out);
  CHECK(found.dump().find("\"outcome\":\"z effective rank\"") != std::string::npos);
}
