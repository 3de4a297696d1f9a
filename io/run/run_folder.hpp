// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace tmm::io {

/// The folder of one training run, held by this process alone as long as the object lives (a lock on the
/// folder itself, which a killed process gives up). Knows its files by name and touches no others.
class RunFolder {
 public:
  enum class Use {
    fresh,    ///< there must be no run in it; the folder is made if it is missing
    replace,  ///< a run in it is removed
    resume    ///< there must be a run in it
  };

  /// Throws FileError: a run is there, or none; not a folder; not writable; another process trains here.
  RunFolder(std::string path, Use use);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder();

  /// The names of a run's files in `folder`, whether they are there or not.
  static std::vector<std::string> files(const std::string& folder);
  /// Whether there is a state to resume from.
  [[nodiscard]] bool has_run() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string model() const { return file("model.h5"); }
  [[nodiscard]] std::string state() const { return file("state.h5"); }
  [[nodiscard]] std::string metrics() const { return file("metrics.csv"); }
  [[nodiscard]] std::string trajectory() const { return file("trajectory.h5"); }
  [[nodiscard]] std::string config() const { return file("config.toml"); }
  [[nodiscard]] std::string result() const { return file("result.json"); }

 private:
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }
  void lock();
  void remove_leftovers() const;
  void require_fresh() const;
  void remove_run() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace tmm::io
