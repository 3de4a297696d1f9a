// SPDX-License-Identifier: MIT
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "apps/train_runs.hpp"

/// Small studies for the tests of `tmm sweep`.
namespace tmm::test {

/// Options of runs of a moment; axes come behind them.
inline const std::string small_runs =
    "random = true\ndim = 8\ncontext = 16\nblocks = 2\nbatch = 4\nsteps = 20\nreport-every = 5\n"
    "index-every = 5\neval-every = 10\neval-sequences = 4\n";

inline void write_study(const std::string& path, const std::string& toml) {
  std::ofstream(path) << toml;
}

/// `tmm sweep` called in this folder.
inline CommandResult sweep_in(const TemporaryFolder& folder, const std::string& arguments) {
  return run("cd " + folder.path().string() + " && " TMM_BINARY " sweep " + arguments);
}

/// metrics.csv without speed, seconds and peak memory, which no two runs share.
inline std::string metrics_without_speed(const std::string& path) {
  std::istringstream lines(read_text(path));
  std::string text;
  for (std::string line; std::getline(lines, line); text += '\n') {
    std::size_t comma = 0;
    for (int column = 0; column < 5; ++column) comma = line.find(',', comma) + 1;
    const std::size_t peak = line.rfind(','), flops = line.rfind(',', peak - 1);
    const std::size_t seconds = line.rfind(',', flops - 1), speed = line.find(',', comma);
    text += line.substr(0, comma) + line.substr(speed, seconds - speed) + line.substr(flops, peak - flops);
  }
  return text;
}

/// Whether two folders of one run hold the same, but for times.
inline void check_same_run(const std::string& a, const std::string& b) {
  INFO(a);
  CHECK(files_in(a) == 5);
  CHECK(same_file(a + "/model.h5", b + "/model.h5"));
  CHECK(same_file(a + "/config.toml", b + "/config.toml"));
  CHECK(metrics_without_speed(a + "/metrics.csv") == metrics_without_speed(b + "/metrics.csv"));
  CHECK(same_trajectory(a + "/trajectory.h5", b + "/trajectory.h5"));
  CHECK(step_of(a) == step_of(b));
}

}  // namespace tmm::test
