// SPDX-License-Identifier: MIT
#include "io/sweep/sweep_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "io/files/atomic_file.hpp"
#include "io/files/input_file.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/training_run.hpp"
#include "io/run/training_state.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

/// The first line of the record of a study, which no other file has.
constexpr std::string_view first_line = "# A study of tmm sweep; paths are seen from this folder.\n";
constexpr std::string_view record_name = "study.toml";

[[noreturn]] void fail(const std::string& path, const std::string& what, std::string hint = {}) {
  throw FileError(what, {path, "", "", "", std::move(hint)});
}

/// Whether the folder is one of a study already. Throws if it is there for something else.
bool is_study(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  if (!fs::is_directory(path, error)) fail(path, "not a folder");
  fs::directory_iterator entry(path, error);
  if (error) fail(path, "cannot read this folder: " + error.message());
  if (entry == fs::directory_iterator()) return false;
  const std::string record = path + "/" + std::string(record_name);
  if (fs::is_regular_file(record, error)) {
    const InputFile file(record);
    if (file.read(0, std::min<std::uint64_t>(file.size(), first_line.size())) == first_line) return true;
  }
  throw FileError("this folder holds something else",
                  {path, "", "a folder of tmm sweep, an empty one or none", entry->path().filename().string(),
                   "Name another folder"});
}

/// KEY = VALUE lines of a run's configuration.
std::map<std::string, std::string> entries(const std::string& toml) {
  std::map<std::string, std::string> found;
  std::istringstream lines(toml);
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t equals = line.find(" = "); equals != std::string::npos && line[0] != '#')
      found.emplace(line.substr(0, equals), line.substr(equals + 3));
  return found;
}

/// Throws unless a run has been begun with the options that the study has for it. Threads may be others, and
/// a vocabulary that the study leaves open has been found in the data; sizes of a frozen encoder are its own.
void require_same_options(const Sweep& sweep, const SweepRun& run, const std::string& folder,
                          const std::string& stored) {
  TrainingConfig config = kept_in(folder, run.config);
  complete_training_config(config);
  auto there = entries(stored), wanted = entries(training_config_toml(config));
  for (auto* options : {&there, &wanted}) {
    options->erase("threads");
    if (run.config.vocabulary == 0) options->erase("vocabulary");
    if (!is_retention(run.config)) continue;
    for (const char* size :
         {"dim", "vocabulary", "heads", "kernel", "parallel-heads", "expanded", "expansion"})
      options->erase(size);
  }
  std::set<std::string> keys;
  for (const auto* options : {&there, &wanted})
    for (const auto& entry : *options) keys.insert(entry.first);
  for (const std::string& key : keys) {
    const auto line = [&key](const std::map<std::string, std::string>& options) {
      const auto place = options.find(key);
      return key + " = " + (place == options.end() ? "(not given)" : place->second);
    };
    if (line(there) != line(wanted))
      throw FormatError("this run has been begun with another option",
                        {folder, "", line(wanted) + ", as " + sweep.source + " has it", line(there),
                         "Name another folder, or remove this run's"});
  }
}

/// A folder of a run that the study does not have: it has shrunk, or other words.
void require_known_runs(const std::string& path, const Sweep& sweep) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (!fs::exists(entry.path() / "state.h5", error)) continue;
    if (std::ranges::find(sweep.runs, name, &SweepRun::name) != sweep.runs.end()) continue;
    throw FormatError("a run that this study does not have is here",
                      {path, "", "a run of " + sweep.source, name,
                       "A study may only grow: name another folder, or move this run's away"});
  }
}

RunProgress progress_of(const Sweep& sweep, const SweepRun& run, const std::string& folder) {
  std::error_code error;
  for (const char* file : {"/state.h5", "/model.h5", "/metrics.csv"})
    if (!fs::exists(folder + file, error)) return {};
  std::optional<TrainingRecord> record;
  try {
    record = read_training_record(folder + "/state.h5");
  } catch (const Error&) {
    return {};  // nothing can be resumed from it
  }
  require_same_options(sweep, run, folder, record->config);
  const bool finished = record->steps >= run.config.steps;
  return {finished ? RunProgress::State::finished : RunProgress::State::begun, record->steps};
}

}  // namespace

SweepFolder::SweepFolder(std::string path, const Sweep& sweep) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  is_study(path_);
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) fail(path_, "cannot make this folder: " + error.message());
  if (::access(path_.c_str(), W_OK | X_OK) != 0)
    fail(path_, std::string("cannot write here: ") + std::strerror(errno));
  lock();
  progress_ = progress(path_, sweep);
  const std::string record = file(std::string(record_name));
  if (!fs::equivalent(sweep.source, record, error))
    write_atomically(record, std::string(first_line) + sweep.record);
}

SweepFolder::~SweepFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::span<const std::string> SweepFolder::files() {
  static const std::array<std::string, 5> names{std::string(record_name), "study.txt", "study.html",
                                                "study.json", "runs.csv"};
  return names;
}

std::vector<RunProgress> SweepFolder::progress(const std::string& path, const Sweep& sweep) {
  std::vector<RunProgress> progress(sweep.runs.size());
  if (!is_study(path)) return progress;
  require_known_runs(path, sweep);
  for (std::size_t i = 0; i < sweep.runs.size(); ++i)
    progress[i] = progress_of(sweep, sweep.runs[i], path + "/" + sweep.runs[i].name);
  return progress;
}

/// The children of a sweep that was killed a moment ago may not have ended yet.
void SweepFolder::lock() {
  using namespace std::chrono_literals;
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY);  // not closed in children
  if (descriptor_ < 0) fail(path_, std::string("cannot open this folder: ") + std::strerror(errno));
  for (int i = 0; i < 40; ++i) {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) return;  // a file system without locks is no reason not to train
    std::this_thread::sleep_for(50ms);
  }
  ::close(std::exchange(descriptor_, -1));
  fail(path_, "another sweep is at work in this folder");
}

}  // namespace tmm::io
