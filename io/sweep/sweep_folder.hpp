// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/sweep/sweep.hpp"

namespace tmm::io {

/// How far a run of a study has come.
struct RunProgress {
  enum class State {
    fresh,    ///< nothing to go on from: no state, one that cannot be read, or not what belongs to it
    begun,    ///< a checkpoint, from which `tmm train --resume` goes on
    finished  ///< all steps are done
  };
  State state = State::fresh;
  std::uint64_t step = 0;  ///< of the checkpoint
};

/// The folder of a study: study.toml, which tells that it is one, a folder for every run, and at the end
/// study.txt, study.html, study.json and runs.csv. Held by one process and its children as long as one of
/// them lives (a lock on the folder, which they inherit and a killed process gives up).
class SweepFolder {
 public:
  /// Makes the folder where it is missing, holds it, and writes the study down. A study may have grown since
  /// the folder was begun: runs that it has in addition are new. Throws FileError before anything is written:
  /// not a folder, not writable, held by another process, or a folder of something else; FormatError for a
  /// run in it that is none of the study's or has other options there.
  SweepFolder(std::string path, const Sweep& sweep);
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;
  ~SweepFolder();

  /// The names of its files.
  static std::span<const std::string> files();
  /// How far the runs of a study have come in a folder that may not be there yet; looks only. Throws as the
  /// constructor does.
  static std::vector<RunProgress> progress(const std::string& path, const Sweep& sweep);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Of every run, when the folder was opened.
  [[nodiscard]] const std::vector<RunProgress>& progress() const { return progress_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  void lock();

  std::string path_;
  std::vector<RunProgress> progress_;
  int descriptor_ = -1;
};

}  // namespace tmm::io
