// SPDX-License-Identifier: MIT
// `tmm train --objective retention` on encoders of every family, and what the other commands make of its
// files.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/train_runs.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/checkpoint/families/family_networks.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;
using nlohmann::json;

namespace {

const std::string quick =
    "--random --vocabulary 11 --batch 4 --report-every 0 --index-every 2 --eval-every 0 --threads 1 -q ";

/// A file of exponential averages with v = 11, d = 8 and no length of its own.
void write_averages(const std::string& path) {
  Infos infos = exponential_averages();
  for (const char* matrix : {"inp_emb.weight", "out_emb.weight"}) reshape(infos, matrix, {11, 8});
  io::ArrayWriter writer(path);
  const auto state = random_state(infos);
  for (const auto& [tensor, value] : state.tensors())
    writer.dataset(tensor, value.info.shape, value.as_float());
  writer.finish();
}

/// Small encoders, one a family, with n = 12 where they have a length.
struct Encoders {
  TemporaryFolder folder;
  std::vector<std::string> families{"first TMM encoder", "softplus heads encoder", "attention encoder",
                                    "masked mixer encoder", "exponential averages encoder"};

  Encoders() {
    const std::string sizes = quick + "--dim 8 --context 12 --blocks 2 --steps 2 ";
    const std::vector<std::string> options{"--family first-tmm", "--family softplus-heads --heads 2",
                                           "--mixing attention --heads 2", "--mixing dense"};
    for (std::size_t i = 0; i < options.size(); ++i) train(sizes + options[i] + " -o " + path(families[i]));
    write_averages(path(families.back()));
  }
  [[nodiscard]] std::string path(const std::string& family) const {
    std::string name = family.substr(0, family.find(' '));
    return folder.file(name + (name == "exponential" ? ".h5" : ""));
  }
  [[nodiscard]] std::string retention(const std::string& family, const std::string& more) const {
    return quick + "--objective retention --encoder " + path(family) +
           " --validation 0.1 --eval-sequences 20 --blocks 1 --context 10 " + more + " ";
  }
};

std::string output(const std::string& arguments) {
  const auto result = run_tmm(arguments);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

/// Every tensor of two files, bit for bit.
bool same_tensors(const std::string& a, const std::string& b) {
  const auto first = io::read_checkpoint(a), second = io::read_checkpoint(b);
  const auto same = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.values == y.second.values;
  };
  return std::ranges::equal(first.tensors(), second.tensors(), same);
}

/// Whether a run holds embedding and blocks of its encoder, but for what is cut to 10 steps of 12.
bool keeps_encoder(const std::string& run, const std::string& encoder) {
  const auto kept = io::read_checkpoint(run), state = io::read_checkpoint(encoder);
  bool all = true;
  for (const auto& [name, tensor] : state.tensors()) {
    const auto at = name.find("blocks.");
    const bool of_block = at != std::string::npos;
    if (!of_block && !name.starts_with("in")) continue;  // final norm and output are none of the encoder's
    if (tensor.info.shape.back() == 12 || tensor.info.shape.front() == 12) continue;
    all = all && kept.at(of_block ? "encoder" + name.substr(at) : name).values == tensor.values;
  }
  return all;
}

/// The embedding of a run.
std::vector<float> embedding_of(const std::string& run) {
  const auto state = io::read_checkpoint(run);
  for (const auto& [name, tensor] : state.tensors())
    if (name.starts_with("in")) return tensor.as_float();
  return {};
}

}  // namespace

TEST_CASE("retention continues encoders of every family, and every command reads what it writes") {
  const Encoders s;
  const std::string tokens = s.folder.file("tokens.h5");
  io::ArrayWriter writer(tokens);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(i * i % 11);
  writer.dataset("tokens", std::vector<std::size_t>{4, 10}, ids);
  writer.finish();
  bool turn = false;
  for (const std::string& family : s.families) {
    turn = !turn;
    for (const std::string decoder : {"toeplitz", "dense"}) {
      const std::string out = s.folder.file("run_" + decoder + family.substr(0, 4)),
                        model = out + "/model.h5";
      INFO(out);
      const bool last = decoder == "dense";
      train(s.retention(family, "--steps 5 --decoder " + decoder +
                                    (last ? "" : " --code-from-end 2 --init decaying")) +
            "-o " + out);
      CHECK(keeps_encoder(out, s.path(family)));
      const auto header = io::read_header(model);
      CHECK(header.attributes.at("clm_encoder") == (last ? "false" : "true"));
      CHECK_THAT(output("info " + model),
                 Contains(family) && Contains("autoencoder") && Contains("context n         10") &&
                     Contains("2 encoderblocks, 1 decoderblocks") && Contains("a forward pass can run"));
      const json analysed =
          json::parse(output("analyze --format json --spectrum none " + model))["models"][0];
      CHECK(analysed["family"] == family);
      CHECK_FALSE(analysed["operators"].empty());
      CHECK(analysed["operators"].back().contains("kind") == last);  // of a dense matrix
      const json loss = json::parse(output("evaluate --format json --tokens " + tokens + " " + model));
      CHECK(loss["objective"] == "autoencoder");
      CHECK(loss["loss"].get<double>() > 0);
      CHECK(json::parse(read_text(out + "/result.json"))["retention"]["decoder"] == decoder);
      turn = !turn;  // either of these for every family
      if (turn) {
        CHECK_THAT(output("jacobian --tokens " + tokens + " --samples 1 --threads 1 -q " + model),
                   Contains("encoderblocks.1, the encoder's last block"));
        continue;
      }
      const std::string again = out + "2";
      train(s.retention(family, "--steps 5 --stop-at 2 --decoder " + decoder +
                                    (last ? "" : " --code-from-end 2 --init decaying")) +
            "-o " + again);
      train("--resume " + again + " -q");
      CHECK(same_tensors(model, again + "/model.h5"));
      CHECK(same_file(out + "/result.json", again + "/result.json"));
    }
  }
}

TEST_CASE("untrained encoders of every family have numbers of their own, and a run's encoder serves again") {
  const Encoders s;
  for (const std::string& family : s.families) {
    const std::string out = s.folder.file("untrained" + family.substr(0, 4)), again = out + "2";
    INFO(out);
    train(s.retention(family, "--steps 1 --encoder-untrained") + "-o " + out);
    train(quick + "--objective retention --blocks 2 --context 8 --steps 1 --decoder dense --encoder " + out +
          " -o " + again);
    CHECK_FALSE(embedding_of(out).empty());
    CHECK(embedding_of(out) == embedding_of(again));
    if (fs::is_directory(s.path(family))) CHECK(embedding_of(out) != embedding_of(s.path(family)));
    CHECK_THAT(output("info " + again + "/model.h5"), Contains(family) && Contains("context n         8"));
  }
}

TEST_CASE("sizes that are not those of an encoder of another family are refused, naming file and option") {
  const Encoders s;
  const auto error = [&](const std::string& family, const std::string& more) {
    const auto message = error_of(s.retention(family, more) + "-o " + s.folder.file("none"));
    CHECK_FALSE(fs::exists(s.folder.file("none")));
    CHECK_THAT(message, Contains(s.path(family)));
    return message;
  };
  CHECK_THAT(error("first TMM encoder", "--dim 16"),
             Contains("--dim") && Contains("8, as the encoder has it"));
  CHECK_THAT(error("first TMM encoder", "--family softplus-heads"),
             Contains("--family") && Contains("first TMM"));
  CHECK_THAT(error("softplus heads encoder", "--heads 4"), Contains("--heads") && Contains("2, as"));
  CHECK_THAT(error("softplus heads encoder", "--parallel-heads"), Contains("--parallel-heads"));
  CHECK_THAT(error("masked mixer encoder", "--expansion 2"), Contains("--expansion"));
  for (const std::string& family : s.families) {
    if (family == "exponential averages encoder") continue;  // they have no length
    const auto longer = error_of(quick + "--objective retention --encoder " + s.path(family) +
                                 " --context 13 -o " + s.folder.file("none"));
    CHECK_THAT(longer, Contains("fewer positions") && Contains("n = 12"));
  }
}

TEST_CASE("rows of an encoder that are divided by sums of their taps stay divided under its decoder") {
  const TemporaryFolder folder;
  const std::string encoder = folder.file("encoder"), out = folder.file("out");
  train(quick + "--family softplus-heads --heads 2 --dim 8 --context 12 --blocks 1 --steps 2 -o " + encoder);
  std::ofstream(encoder + "/metrics.json") << R"({"do_toep_mean": true})";
  train(quick + "--objective retention --context 10 --blocks 1 --steps 2 --encoder " + encoder + " -o " +
        out);
  CHECK(io::read_header(out + "/model.h5").attributes.at("mean_normalised") == "true");
  const json model =
      json::parse(output("analyze --format json --spectrum none " + out + "/model.h5"))["models"][0];
  CHECK_THAT(model["warnings"].dump(), Contains("mean_normalised") && Contains("diag(1/c)"));
  train(quick + "--objective retention --context 10 --blocks 1 --steps 4 --stop-at 2 --encoder " + encoder +
        " -o " + out + "2");
  const std::string answers = read_text(encoder + "/metrics.json");
  fs::remove(encoder + "/metrics.json");  // which makes it another network
  CHECK_THAT(error_of("--resume " + out + "2 -q"),
             Contains("the encoder is not the one that this run began"));
  std::ofstream(encoder + "/metrics.json") << answers;
  train("--resume " + out + "2 -q");
}
