// SPDX-License-Identifier: MIT
#include "io/run/training_run.hpp"

#include <hdf5.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/parameters.hpp"
#include "support.hpp"

using namespace tmm;
using io::TrainingConfig, io::TrainingEnd, io::TrainingRun;
using test::TemporaryFolder;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

class Rows : public io::TrainingObserver {
 public:
  void row(const io::MetricsRow& row) override { rows.push_back(row); }
  void step(std::uint64_t, std::uint64_t) override {}
  std::vector<io::MetricsRow> rows;
};

TrainingConfig small() {
  TrainingConfig config;
  config.random = true;
  config.dim = 8, config.context = 16, config.vocabulary = 12, config.blocks = 2, config.batch = 4;
  config.steps = 40, config.report_every = 7, config.index_every = 5, config.eval_every = 10;
  config.eval_sequences = 8, config.checkpoint_every = 13, config.threads = 1;
  return config;
}

/// metrics.csv without its speed, its seconds (the last column but two) and its peak of memory (the last).
std::string metrics_of(const std::string& folder) {
  std::istringstream lines(test::read_text(folder + "/metrics.csv"));
  std::string line, all;
  while (std::getline(lines, line)) {
    std::size_t begin = 0;
    for (int i = 0; i < 5; ++i) begin = line.find(',', begin) + 1;
    const std::size_t peak = line.rfind(','), flops = line.rfind(',', peak - 1);
    const std::size_t seconds = line.rfind(',', flops - 1), speed = line.find(',', begin);
    all +=
        line.substr(0, begin) + line.substr(speed, seconds - speed) + line.substr(flops, peak - flops) + "\n";
  }
  return all;
}

std::vector<float> numbers_of(const model::Tmm<float>& network) {
  std::vector<float> all;
  for_each_parameter(network, [&](const auto&, const auto&, auto values) {
    all.insert(all.end(), values.begin(), values.end());
  });
  return all;
}

/// All files of two runs are the same, up to the clock in metrics.csv and state.h5.
void check_same(const std::string& a, const std::string& b) {
  CHECK((test::read_text(a + "/model.h5") == test::read_text(b + "/model.h5")));
  const auto names = io::list_arrays(a + "/trajectory.h5");
  CHECK(names == io::list_arrays(b + "/trajectory.h5"));
  for (const auto& name : {names.front(), names.at(names.size() / 2), names.back()})  // each costs a process
    CHECK(io::read_array<float>(a + "/trajectory.h5", name).values ==
          io::read_array<float>(b + "/trajectory.h5", name).values);
  CHECK(test::read_text(a + "/config.toml") == test::read_text(b + "/config.toml"));
  CHECK(metrics_of(a) == metrics_of(b));
  const auto first = io::read_training_state(a + "/state.h5"),
             second = io::read_training_state(b + "/state.h5");
  CHECK(numbers_of(first.trainer.parameters) == numbers_of(second.trainer.parameters));
  CHECK(numbers_of(first.trainer.optimiser.first) == numbers_of(second.trainer.optimiser.first));
  CHECK(numbers_of(first.trainer.optimiser.second) == numbers_of(second.trainer.optimiser.second));
  CHECK(first.trainer.optimiser.steps == second.trainer.optimiser.steps);
  CHECK(first.progress.loss_sum == second.progress.loss_sum);
}

TrainingEnd resume(const std::string& folder, const TrainingConfig& config,
                   const io::TrainingLimits& limits) {
  Rows rows;
  return TrainingRun(TrainingRun::open(folder), config).run(limits, rows);
}

}  // namespace

TEST_CASE("a run in pieces is the run without a break, bit for bit") {
  auto config = small();
  config.toeplitz = GENERATE(std::string("free"), std::string("minimum-phase"), std::string("frozen"));
  config.decay = "cosine";
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole"), pieces = folder.file("pieces");
  Rows rows;
  CHECK(TrainingRun(config, whole, false).run({}, rows) == TrainingEnd::finished);
  CHECK(TrainingRun(config, pieces, false).run({0, 20, nullptr}, rows) == TrainingEnd::paused);
  auto other = config;
  other.threads = 2;  // the numbers do not depend on it
  CHECK(resume(pieces, other, {0, 23, nullptr}) == TrainingEnd::paused);
  CHECK(resume(pieces, config, {1e-9, 0, nullptr}) == TrainingEnd::paused);  // no time for a single step
  const std::atomic<bool> interrupt{true};
  CHECK(resume(pieces, config, {0, 0, &interrupt}) == TrainingEnd::interrupted);
  CHECK(resume(pieces, config, {}) == TrainingEnd::finished);
  CHECK(resume(pieces, config, {}) == TrainingEnd::finished);  // nothing left to do
  check_same(whole, pieces);
}

TEST_CASE("records beyond the state are cut off when a run goes on") {
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole"), back = folder.file("back");
  const auto config = small();
  Rows rows;
  TrainingRun(config, whole, false).run({}, rows);
  TrainingRun(config, back, false).run({0, 13, nullptr}, rows);
  fs::copy_file(back + "/state.h5", folder.file("early.h5"));
  resume(back, config, {0, 33, nullptr});
  fs::copy_file(folder.file("early.h5"), back + "/state.h5", fs::copy_options::overwrite_existing);
  resume(back, config, {});
  check_same(whole, back);
}

TEST_CASE("every objective and variant trains, and its model is a checkpoint like any other") {
  struct Case {
    const char* objective;
    void (*change)(TrainingConfig&);
  };
  for (const Case& c : std::vector<Case>{{"clm", [](auto& x) { x.tie = true; }},
                                         {"copy", [](auto& x) { x.heads = 2; }},
                                         {"clm", [](auto& x) { x.kernel = 3; }},
                                         {"clm", [](auto& x) { x.heads = 2, x.expanded = true; }},
                                         {"clm", [](auto& x) { x.heads = 4, x.parallel_heads = true; }},
                                         {"autoencoder", [](auto& x) { x.expanded = true; }},
                                         {"autoencoder", [](auto& x) { x.bottleneck = 5; }}}) {
    auto config = small();
    config.objective = c.objective;
    c.change(config);
    config.learning_rate = 0.01;
    const TemporaryFolder folder;
    Rows rows;
    TrainingRun run(config, folder.file("run"), false);
    CHECK(run.run({}, rows) == TrainingEnd::finished);
    CHECK(rows.rows.back().train_loss < rows.rows.at(1).train_loss);
    CHECK(rows.rows.back().validation_loss < rows.rows.front().validation_loss);
    const auto state = io::read_checkpoint(folder.file("run/model.h5"));
    const auto layers = model::toeplitz_layers(state);
    CHECK(layers.size() == run.architecture().operators);
    CHECK_NOTHROW(model::load_network<float>(state));
    const auto header = io::read_header(folder.file("run/model.h5"));
    CHECK(header.attributes.at("objective") == c.objective);
    CHECK(header.attributes.at("training_steps") == "40");
    // The last recorded indices are those of the model that was written.
    const auto& windings = rows.rows.back().windings;
    REQUIRE(windings.size() == layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i)
      CHECK(analysis::winding_number(layers[i].taps).number == windings[i].winding.number);
  }
}

TEST_CASE("minimum-phase models have certified index 0 at every recorded step") {
  auto config = small();
  config.toeplitz = "minimum-phase";
  config.index_every = 1;
  config.learning_rate = 0.05;  // wild
  config.init = GENERATE(std::string("reference"), std::string("identity"), std::string("decaying"));
  const TemporaryFolder folder;
  Rows rows;
  TrainingRun(config, folder.file("run"), false).run({}, rows);
  REQUIRE(rows.rows.size() == 41);
  for (const auto& row : rows.rows)
    for (const auto& [label, winding] : row.windings) {
      CHECK(winding.status == analysis::IndexStatus::certified);
      CHECK(winding.number == 0);
    }
}

TEST_CASE("the trajectory holds the weights of each recorded step") {
  const TemporaryFolder folder;
  Rows rows;
  TrainingRun run(small(), folder.file("run"), false);
  run.run({}, rows);
  const std::string path = run.folder().trajectory();
  CHECK(io::list_arrays(path).size() == 2 * 9);  // steps 0, 5, … 40
  const std::string weight = "mixer_blocks.1.token_mixing_layer.weight";
  const auto last = io::read_array<float>(path, "40/" + weight);
  CHECK(last.shape == std::vector<std::size_t>{1, 16});
  CHECK(last.values == io::read_array<float>(run.folder().model(), weight).values);
  CHECK(last.values != io::read_array<float>(path, "0/" + weight).values);
}

TEST_CASE("training that blows up stops at its step and keeps the last good checkpoint") {
  auto config = small();
  config.learning_rate = 1e30;
  config.warmup = 0;
  config.checkpoint_every = 1;
  const TemporaryFolder folder;
  Rows rows;
  TrainingRun run(config, folder.file("run"), false);
  CHECK(run.run({}, rows) == TrainingEnd::not_finite);
  CHECK(run.steps() < 10);
  CHECK(run.saved_step() == run.steps());
  CHECK_NOTHROW(model::load_network<float>(io::read_checkpoint(folder.file("run/model.h5"))));
  CHECK(io::read_training_state(folder.file("run/state.h5")).trainer.optimiser.steps == run.saved_step());
}

TEST_CASE("a run whose data has changed is not continued") {
  const TemporaryFolder folder;
  const std::string text = folder.file("a, b [c].txt");
  std::ofstream(text) << std::string(500, 'a') + std::string(500, 'b');
  auto config = small();
  config.random = false, config.text = {text}, config.vocabulary = 0;
  Rows rows;
  {
    TrainingRun run(config, folder.file("run"), false);
    CHECK(run.config().vocabulary == 256);
    run.run({0, 10, nullptr}, rows);
  }
  CHECK(resume(folder.file("run"), config, {0, 12, nullptr}) == TrainingEnd::paused);
  std::ofstream(text) << std::string(501, 'a') + std::string(499, 'b');
  CHECK_THROWS_WITH(resume(folder.file("run"), config, {}),
                    Contains("not what this run has been trained on"));
}

TEST_CASE("a damaged state is named, and never half believed") {
  const TemporaryFolder folder;
  const std::string run = folder.file("run"), state = run + "/state.h5";
  Rows rows;
  TrainingRun(small(), run, false).run({0, 5, nullptr}, rows);
  const std::string good = test::read_text(state);
  for (const std::size_t length : {std::size_t{0}, std::size_t{100}, good.size() / 2, good.size() - 1}) {
    std::ofstream(state, std::ios::binary) << good.substr(0, length);
    CHECK_THROWS_WITH(io::read_training_state(state), Contains("state.h5"));
  }
  fs::copy_file(run + "/model.h5", state, fs::copy_options::overwrite_existing);
  CHECK_THROWS_WITH(io::read_training_state(state), Contains("not the state of a training run"));
}

TEST_CASE("a state with tensors that are no part of its network is refused by name") {
  const TemporaryFolder folder;
  const std::string run = folder.file("run"), state = run + "/state.h5";
  Rows rows;
  TrainingRun(small(), run, false).run({0, 5, nullptr}, rows);
  const std::string tensor = GENERATE("mixer_blocks.0.token_mixing_layer.decay_value",
                                      "mixer_blocks.1.channel_mixing_layer.0.lora_A", "final_norm.weight");
  const hid_t file = H5Fopen(state.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
  H5Dclose(H5Dcreate2(file, ("parameters/" + tensor).c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT,
                      H5P_DEFAULT));
  H5Sclose(space);
  H5Fclose(file);
  CHECK_THROWS_WITH(io::read_training_state(state), Contains("state.h5") && Contains(tensor));
}

TEST_CASE("a state that is not finite does not replace a good one") {
  const TemporaryFolder folder;
  auto config = small();
  config.warmup = 0;
  auto state =
      model::new_trainer_state<float>(model::plan_architecture(network_sizes(config)),
                                      model::Parametrisation::free, model::Initialisation::reference, 1);
  const std::string path = folder.file("state.h5");
  io::write_training_state(path, state, {"text = 1", 77, 0.5, 3, 2});
  const auto back = io::read_training_state(path);
  CHECK(back.progress.config == "text = 1");
  CHECK(back.progress.fingerprint == 77);
  CHECK(back.progress.loss_sum == 0.5);
  CHECK(back.progress.loss_count == 3);
  CHECK(back.trainer.parameters.embedding == state.parameters.embedding);
  state.optimiser.second.embedding[3] = INFINITY;
  CHECK_THROWS_WITH(io::write_training_state(path, state, {}), Contains("second/input_layer.weight"));
  CHECK(io::read_training_state(path).progress.fingerprint == 77);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("too many records for one trajectory are refused before anything is written") {
  auto config = small();
  config.steps = 1'000'000;
  config.index_every = 1;
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(TrainingRun(config, folder.file("run"), false), Contains("--index-every"));
  CHECK_FALSE(fs::exists(folder.file("run")));
}
