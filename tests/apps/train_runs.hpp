// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "io/run/training_state.hpp"
#include "io/run/trajectory.hpp"
#include "support.hpp"

/// Small training runs for the tests of `tmm train`.
namespace tmm::test {

inline const std::string tiny =
    "--random --dim 8 --context 16 --blocks 2 --batch 4 --report-every 10 --index-every 10 "
    "--eval-every 20 --eval-sequences 8 ";
inline const std::string forty = tiny + "--steps 40 --threads 1 ";

inline CommandResult train(const std::string& arguments) {
  auto result = run_tmm("train " + arguments);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  return result;
}

/// Error of a run that must fail.
inline std::string error_of(const std::string& arguments, int exit_code = 1) {
  const auto result = run_tmm("train " + arguments);
  CHECK(result.exit_code == exit_code);
  return result.err;
}

inline std::uint64_t step_of(const std::string& folder) {
  return io::read_training_state(folder + "/state.h5").trainer.optimiser.steps;
}

inline bool same_file(const std::string& a, const std::string& b) {
  return read_text(a) == read_text(b);
}

/// HDF5 leaves unused bytes of its own tables as they are in memory: contents are compared, not files.
inline bool same_trajectory(const std::string& a, const std::string& b) {
  const auto first = io::read_trajectory(a), second = io::read_trajectory(b);
  return std::equal(
      first.begin(), first.end(), second.begin(), second.end(), [](const auto& x, const auto& y) {
        return x.step == y.step &&
               std::equal(x.layers.begin(), x.layers.end(), y.layers.begin(), y.layers.end(),
                          [](const auto& v, const auto& w) { return v.name == w.name && v.taps == w.taps; });
      });
}

inline std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

inline bool python_has(const std::string& module) {
  if (run("/usr/bin/python3 -c 'import " + module + "'").exit_code == 0) return true;
  WARN("python3 has no " << module << ": not tested");
  return false;
}

}  // namespace tmm::test
