// SPDX-License-Identifier: MIT
#include "io/sweep/sweep.hpp"

#include <algorithm>
#include <map>

#include "io/sweep/sweep_folder.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t most_runs = 10'000;
constexpr std::size_t longest_name = 200;  // file systems have room for 255

void check_name(const Sweep& sweep, const SweepRun& run) {
  const char* hint = "A table [AXIS] gives values names of your own";
  if (run.name.size() > longest_name)
    throw FormatError("the name of this run is too long for a folder",
                      {sweep.source, run.name.substr(0, 60) + "…", std::to_string(longest_name) + " bytes",
                       std::to_string(run.name.size()), hint});
  if (run.name.empty() || std::ranges::find(SweepFolder::files(), run.name) != SweepFolder::files().end())
    throw FormatError("no name for the folder of a run", {sweep.source, "", "", run.name, hint});
}

}  // namespace

std::string name_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '+' || c == '-' || c == '_';
    word += stays ? c : '-';
  }
  return word.substr(std::min(word.find_first_not_of(".-"), word.size()));
}

std::vector<std::vector<std::size_t>> combinations(const std::vector<SweepAxis>& axes,
                                                   const std::string& source) {
  std::size_t count = 1;
  for (const SweepAxis& axis : axes) {
    count *= axis.values.size();
    if (count > most_runs)
      throw FormatError("too many runs", {source, axis.name, std::to_string(most_runs) + " at most", "", ""});
  }
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::size_t> values(axes.size());
    std::size_t rest = i;
    for (std::size_t k = axes.size(); k-- > 0; rest /= axes[k].values.size())
      values[k] = rest % axes[k].values.size();
    all.push_back(std::move(values));
  }
  return all;
}

std::string run_name(const std::vector<SweepAxis>& axes, const std::vector<std::size_t>& values) {
  std::string name;
  for (std::size_t k = 0; k < axes.size(); ++k) name += (k == 0 ? "" : "_") + axes[k].words[values[k]];
  return name;
}

void check_sweep(const Sweep& sweep) {
  std::map<std::string, std::string> names, configurations;
  for (const SweepRun& run : sweep.runs) {
    check_name(sweep, run);
    TrainingConfig config = run.config;
    try {
      complete_training_config(config);
      check_training_config(config);
    } catch (const Error& error) {
      throw FormatError(error.what(), {sweep.source, "run " + run.name, "", "", ""});
    }
    if (!names.emplace(run.name, "").second)
      throw FormatError("two runs would have one name",
                        {sweep.source, "", "", run.name, "A table [AXIS] gives values names of your own"});
    const auto [same, fresh] = configurations.emplace(training_config_toml(config), run.name);
    if (!fresh)
      throw FormatError("two runs are one and the same",
                        {sweep.source, "", "", same->second + " and " + run.name, ""});
  }
}

}  // namespace tmm::io
