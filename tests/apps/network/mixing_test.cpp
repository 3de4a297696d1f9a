// SPDX-License-Identifier: MIT
// `tmm train --mixing attention|dense` and what the other commands do with its files.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/train_runs.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

std::string flags_of(const std::string& mixing) {
  return "--mixing " + mixing + (mixing == "attention" ? " --heads 2 " : " ");
}

/// Every tensor of two files, bit for bit.
bool same_tensors(const std::string& a, const std::string& b) {
  for (const auto& tensor : io::read_header(a).tensors)
    if (io::read_array<float>(a, tensor.name).values != io::read_array<float>(b, tensor.name).values)
      return false;
  return true;
}

}  // namespace

TEST_CASE("attention and dense mixers are trained, resumed bit for bit, converted and evaluated") {
  const TemporaryFolder folder;
  for (const std::string mixing : {"attention", "dense"}) {
    CAPTURE(mixing);
    const std::string out = folder.file(mixing), model = out + "/model.h5", copy = out + ".safetensors";
    const auto shown = train(forty + flags_of(mixing) + "-o " + out);
    CHECK_THAT(shown.out, Contains("no Toeplitz operators") && !Contains("winding"));
    CHECK_FALSE(fs::exists(out + "/trajectory.h5"));
    const std::string metrics = read_text(out + "/metrics.csv");
    CHECK_THAT(metrics.substr(0, metrics.find('\n')), !Contains("winding"));
    CHECK_THAT(read_text(out + "/config.toml"), Contains("mixing = \"" + mixing + "\"\n"));
    train(tiny + flags_of(mixing) + "--steps 40 --stop-at 17 --threads 2 -q -o " + out + "2");
    train("--resume " + out + "2 -q");
    CHECK(same_tensors(model, out + "2/model.h5"));
    train("--config " + out + "/config.toml -q -o " + out + "3");
    CHECK(same_file(model, out + "3/model.h5"));

    io::ArrayWriter tokens(folder.file("tokens.h5"));
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 64; ++i) ids.push_back(i * i % 61);
    tokens.dataset("tokens", std::vector<std::size_t>{4, 16}, ids);
    tokens.finish();
    CHECK(run_tmm("convert " + model + " " + copy).exit_code == 0);
    const auto loss = [&](const std::string& file) {
      const auto result =
          run_tmm("evaluate " + file + " --tokens " + folder.file("tokens.h5") + " --batch 4 --format json");
      INFO(result.err);
      REQUIRE(result.exit_code == 0);
      return nlohmann::json::parse(result.out)["loss"].get<double>();
    };
    CHECK(loss(model) == loss(copy));
    fs::remove(folder.file("tokens.h5"));
  }
}

TEST_CASE("info describes attention, analyze says that it has no operators, dense matrices are analysed") {
  const TemporaryFolder folder;
  for (const std::string mixing : {"attention", "dense"})
    train(tiny + flags_of(mixing) + "--steps 1 -q -o " + folder.file(mixing));
  const std::string attention = folder.file("attention/model.h5");
  CHECK_THAT(run_tmm("info " + attention).out,
             Contains("attention token mixing") && Contains("heads H") && Contains("a forward pass can run"));
  const auto refused = run_tmm("analyze " + attention);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("no Toeplitz operator") && Contains("attention"));
  const std::string dense = folder.file("dense/model.h5");
  CHECK_THAT(run_tmm("info " + dense).out, Contains("a forward pass can run"));
  const auto analysed = run_tmm("analyze --format json " + dense);
  REQUIRE(analysed.exit_code == 0);
  const auto operators = nlohmann::json::parse(analysed.out)["models"][0]["operators"];
  CHECK(operators.size() == 2);
  for (const auto& op : operators) CHECK(op["kind"] == "dense causal");
}

TEST_CASE("runs of Toeplitz layers are written as before, and senseless wishes are refused by name") {
  const TemporaryFolder folder;
  train(tiny + "--mixing toeplitz --steps 1 -q -o " + folder.file("t"));
  CHECK_THAT(read_text(folder.file("t/config.toml")), !Contains("mixing"));
  const std::string out = "-o " + folder.file("run");
  CHECK_THAT(error_of(tiny + "--mixing other " + out), Contains("toeplitz, attention or dense"));
  CHECK_THAT(error_of(tiny + "--mixing dense --toeplitz minimum-phase " + out), Contains("--toeplitz"));
  CHECK_THAT(error_of(tiny + "--mixing attention --init ones " + out), Contains("--init"));
  CHECK_THAT(error_of(tiny + "--mixing attention --heads 8 " + out), Contains("d/H = 1"));
  CHECK_THAT(error_of(tiny + "--mixing attention --kernel 3 " + out), Contains("kernel"));
  CHECK_THAT(error_of(tiny + "--mixing dense --heads 2 " + out), Contains("heads"));
  CHECK_FALSE(fs::exists(folder.file("run")));
}
