// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/run/training_config.hpp"

namespace tmm::io {

/// What the runs of a study differ in: an option of `tmm train`, or several at a time.
struct SweepAxis {
  std::string name;
  std::vector<std::string> words;   ///< for its values, in the names of runs; no two alike
  std::vector<std::string> values;  ///< the same in tables, beside the axis' name: "1" for "seed-1"
};

/// One training run of a study.
struct SweepRun {
  std::string name;                 ///< the words of its values, joined by "_": the name of its folder
  std::vector<std::size_t> values;  ///< which value on every axis
  TrainingConfig config;
  std::vector<std::string> options;  ///< the same for `tmm train`: "--KEY=VALUE"
};

/// A study: the product of its axes.
struct Sweep {
  std::string source;  ///< the file that describes it
  std::vector<SweepAxis> axes;
  std::vector<SweepRun> runs;  ///< in the order of the product, the last axis fastest
  std::string record;          ///< the study as its folder keeps it, TOML
};

/// The axis over whose values statistics go.
inline constexpr std::string_view seed_axis = "seed";

/// `text` for the name of a folder: ASCII letters, digits and ".+-_" stay, all else becomes "-"; a dot or a
/// dash at the beginning goes.
std::string name_word(std::string_view text);

/// All combinations of values, the last axis fastest. Throws FormatError naming `source` for more than 10000.
std::vector<std::vector<std::size_t>> combinations(const std::vector<SweepAxis>& axes,
                                                   const std::string& source);

std::string run_name(const std::vector<SweepAxis>& axes, const std::vector<std::size_t>& values);

/// Throws FormatError naming source and run: two runs of one name or with the same options, a name that a
/// folder cannot have, a run that could not be trained for another reason than its data.
void check_sweep(const Sweep& sweep);

}  // namespace tmm::io
