// SPDX-License-Identifier: MIT
#include "io/sweep/sweep_run.hpp"

#include <catch2/catch.hpp>

#include "io/sweep/run_metrics.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::read_text, test::TemporaryFolder;

namespace {

class Silent : public io::TrainingObserver {
  void row(const io::MetricsRow&) override {}
  void step(std::uint64_t, std::uint64_t) override {}
};

io::Sweep two_runs() {
  io::Sweep sweep;
  sweep.source = "s.toml";
  sweep.axes = {{"seed", {"seed-1", "seed-2"}, {"1", "2"}}};
  sweep.record = "seed = [1, 2]\n";
  for (auto& values : io::combinations(sweep.axes, sweep.source)) {
    io::SweepRun run{io::run_name(sweep.axes, values), values, {}, {}};
    run.config.random = true;
    run.config.dim = 8;
    run.config.context = 16;
    run.config.blocks = 1;
    run.config.batch = 2;
    run.config.steps = 12;
    run.config.threads = 1;
    run.config.seed = values[0] + 1;
    sweep.runs.push_back(std::move(run));
  }
  return sweep;
}

}  // namespace

TEST_CASE("names: words for folders, and all combinations with the last axis fastest") {
  CHECK(io::name_word("minimum-phase") == "minimum-phase");
  CHECK(io::name_word("a/b c=d,\xc3\xa9") == "a-b-c-d---");
  CHECK(io::name_word("../.x") == "x");
  CHECK(io::name_word("..") == "");
  const std::vector<io::SweepAxis> axes{{"x", {"a", "b"}, {}}, {"y", {"p", "q", "r"}, {}}};
  std::vector<io::SweepAxis> full = axes;
  for (io::SweepAxis& axis : full) axis.values = axis.words;
  std::vector<std::string> names;
  for (const auto& values : io::combinations(full, "s")) names.push_back(io::run_name(full, values));
  CHECK(names == std::vector<std::string>{"a_p", "a_q", "a_r", "b_p", "b_q", "b_r"});
  std::vector<std::string> hundred(101, "w");
  CHECK_THROWS_AS(io::combinations({{"x", hundred, hundred}, {"y", hundred, hundred}}, "s"), FormatError);
}

TEST_CASE("a run trained here, with a pause, is the run of an undisturbed process") {
  const TemporaryFolder folder;
  const io::Sweep sweep = two_runs();
  Silent silent;
  using State = io::RunProgress::State;
  {
    const io::SweepFolder study(folder.file("study"), sweep);
    CHECK(study.progress()[0].state == State::fresh);
    const std::string first = study.file(sweep.runs[0].name);
    CHECK(io::train_here(sweep.runs[0], study.progress()[0], first, {0, 5, nullptr}, silent) ==
          io::TrainingEnd::paused);
    CHECK_THROWS_AS(io::SweepFolder(folder.file("study"), sweep), FileError);  // held
  }
  const io::SweepFolder study(folder.file("study"), sweep);
  CHECK(study.progress()[0].state == State::begun);
  CHECK(study.progress()[0].step == 5);
  const std::string first = study.file(sweep.runs[0].name);
  CHECK(io::train_words(sweep.runs[0], study.progress()[0], first) ==
        std::vector<std::string>{"train", "--quiet", "--resume=" + first});
  CHECK(io::train_here(sweep.runs[0], study.progress()[0], first, {}, silent) == io::TrainingEnd::finished);
  CHECK(io::SweepFolder::progress(folder.file("study"), sweep)[0].state == State::finished);
  io::train_here(sweep.runs[0], {}, folder.file("whole"), {}, silent);
  CHECK((read_text(first + "/model.h5") == read_text(folder.file("whole/model.h5"))));
}

TEST_CASE("runs that could not begin are found before any has begun") {
  io::Sweep sweep = two_runs();
  const TemporaryFolder folder;
  const std::vector<io::RunProgress> fresh(2);
  CHECK_NOTHROW(io::check_fresh_runs(sweep, fresh, folder.file("study")));
  sweep.runs[1].config.random = false;
  sweep.runs[1].config.text = {folder.file("absent")};
  CHECK_THROWS_WITH(io::check_fresh_runs(sweep, fresh, folder.file("study")),
                    Contains("s.toml") && Contains("run seed-2") && Contains("absent"));
  // Of a run that has begun the data is looked at when it goes on.
  CHECK_NOTHROW(io::check_fresh_runs(sweep, {{}, {io::RunProgress::State::begun, 3}}, folder.file("study")));
  CHECK_FALSE(std::filesystem::exists(folder.file("study")));
}
