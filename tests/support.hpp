// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace tmm::test {

namespace fs = std::filesystem;

/// A folder of one test, removed with everything in it at the end of the scope.
class TemporaryFolder {
 public:
  /// A new folder whose name is consonants only: outputs contain it, and tests look in them for digits, signs
  /// and words ("-0", "1e5", "nan"), which a name of mkdtemp's alphabet can spell.
  TemporaryFolder() {
    std::random_device seed;
    std::uniform_int_distribution<std::size_t> any(0, 18);
    do {
      std::string name = "tmm-test-";
      for (int k = 0; k < 10; ++k) name += "bcdfghjklmpqrstvwxz"[any(seed)];
      path_ = fs::temp_directory_path() / name;
    } while (!fs::create_directory(path_));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Path of a file of the reference material beside the repository; empty if it is not there (then the caller
/// skips, saying so).
inline std::string shared_file(const std::string& relative) {
  const fs::path path = fs::path(TMM_SHARED) / relative;
  return fs::exists(path) ? path.string() : std::string();
}

/// Outcome of a shell command.
struct CommandResult {
  int exit_code;
  std::string out;
  std::string err;
};

/// Runs `command` with /bin/sh, both streams captured.
inline CommandResult run(const std::string& command) {
  const TemporaryFolder folder;
  const std::string out = folder.file("out"), err = folder.file("err");
  const int status = std::system(("{ " + command + "\n} >" + out + " 2>" + err + " </dev/null").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(out), read_text(err)};
}

/// The tmm executable under test with the given arguments.
inline CommandResult run_tmm(const std::string& arguments) {
  std::string command = TMM_BINARY " ";  // in two statements: GCC 12 warns wrongly of the temporary
  command += arguments;
  return run(command);
}

}  // namespace tmm::test
