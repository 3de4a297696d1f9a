// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/hdf5/array_file.hpp"
#include "support.hpp"

using Catch::Contains;
using tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

const std::string sample = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";

void write_floats(const std::string& path,
                  const std::vector<std::pair<std::string, std::vector<std::size_t>>>& tensors) {
  tmm::io::ArrayWriter writer(path);
  for (const auto& [name, shape] : tensors) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    writer.dataset(name, shape, std::vector<float>(size, 1));
  }
  writer.finish();
}

}  // namespace

TEST_CASE("tmm info: a table of at most 80 columns") {
  const auto result = run_tmm("info " + sample);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Contains("objective         copy") && Contains("training_steps    5300") &&
                             Contains("context n         256") && Contains("8 operators of length 256") &&
                             Contains("and 58 more"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("file")) CHECK(line.size() <= 80);
}

TEST_CASE("tmm info --format json: complete lists, null for what the file does not show") {
  const auto result = run_tmm("info " + sample + " --format json");
  REQUIRE(result.exit_code == 0);
  const auto report = nlohmann::json::parse(result.out);
  CHECK(report["schema_version"] == 1);
  CHECK(report["sizes"]["context"] == 256);
  CHECK(report["sizes"]["vocabulary"].is_null());
  CHECK(report["missing"].size() == 66);
  CHECK(report["toeplitz_weights"].size() == 8);
  CHECK(report["attributes"]["objective"] == "copy");
}

TEST_CASE("tmm info --help carries an example, --version the libraries") {
  CHECK_THAT(run_tmm("info --help").out, Contains("tmm info model.h5"));
  CHECK_THAT(run_tmm("--version").out,
             Contains("tmm ") && Contains("HDF5 1.") && Contains("FLINT") && Contains("Eigen"));
  CHECK(run_tmm("info").exit_code == 2);
  CHECK(run_tmm("info " + sample + " --format xml").exit_code == 2);
}

TEST_CASE("tmm info: bad input ends with 1 and names file and dataset, with nothing on stdout") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5"), mixing = ".token_mixing_layer.weight";
  std::string first = path, second;
  SECTION("missing file") {
    second = "No such file";
  }
  SECTION("no Toeplitz layer") {
    write_floats(path, {{"conv.weight", {3, 3}}});
    second = "conv.weight (3, 3)";
  }
  SECTION("wrong rank") {
    write_floats(path, {{"mixer_blocks.0" + mixing, {8}}});
    first += ": mixer_blocks.0" + mixing;
    second = "wrong rank";
  }
  SECTION("ragged sizes") {
    write_floats(path, {{"mixer_blocks.0" + mixing, {1, 8}}, {"mixer_blocks.1" + mixing, {1, 9}}});
    first += ": mixer_blocks.1" + mixing;
    second = "(1, 9)";
  }
  SECTION("missing block number") {
    write_floats(path, {{"mixer_blocks.0" + mixing, {1, 8}}, {"mixer_blocks.2" + mixing, {1, 8}}});
    first += ": mixer_blocks.1";
    second = "missing block";
  }
  SECTION("a hostile name") {
    write_floats(path, {{"mixer_blocks.0" + mixing, {1, 8}},
                        {"x\x1b[2J/mixer_blocks.0" + mixing, {8}},
                        {"mixer_blocks.1" + mixing, {8}}});
    second = "wrong rank";
  }
  const auto result = run_tmm("info " + path);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::StartsWith("tmm: " + first) && Contains(second) && !Contains("\x1b"));
}

TEST_CASE("tmm info prints hostile names as data") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  write_floats(path, {{"mixer_blocks.0.token_mixing_layer.weight", {1, 8}}, {"x\x1b[2J\xff", {8}}});
  const auto table = run_tmm("info " + path), json = run_tmm("info --format json " + path);
  CHECK_THAT(table.out, Contains("x\\x1b[2J") && !Contains("\x1b"));
  CHECK(nlohmann::json::parse(json.out)["unknown"].size() == 1);
}
