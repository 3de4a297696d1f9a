// SPDX-License-Identifier: MIT
#include "io/run/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

// The state first: without it there is no run to resume, whatever else is still there.
constexpr std::array<std::string_view, 6> run_files{"state.h5",      "model.h5",    "metrics.csv",
                                                    "trajectory.h5", "config.toml", "result.json"};

[[noreturn]] void fail(const std::string& path, const std::string& what, std::string hint = {}) {
  throw FileError(what, {path, "", "", "", std::move(hint)});
}

void make_folder(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error) && fs::exists(path, error)) fail(path, "not a folder");
  fs::create_directories(path, error);
  if (error) fail(path, "cannot make this folder: " + error.message());
  if (::access(path.c_str(), W_OK | X_OK) != 0)
    fail(path, std::string("cannot write here: ") + std::strerror(errno));
}

}  // namespace

RunFolder::RunFolder(std::string path, Use use) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  std::error_code error;
  if (use == Use::resume) {
    if (!fs::is_directory(path_, error)) fail(path_, "no such folder");
    if (!has_run())
      fail(path_, "there is no training run here (no state.h5)",
           fs::exists(config(), error)
               ? "It ended before its first state; tmm train -o DIR --force begins anew"
               : "tmm train -o DIR begins one");
  } else {
    make_folder(path_);
    if (use == Use::fresh) require_fresh();
  }
  lock();
  remove_leftovers();
  if (use == Use::replace) remove_run();
}

RunFolder::~RunFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> RunFolder::files(const std::string& folder) {
  std::vector<std::string> paths;
  for (const std::string_view name : run_files) paths.push_back(folder + "/" + std::string(name));
  return paths;
}

void RunFolder::require_fresh() const {
  std::error_code error;
  for (const std::string_view name : run_files) {
    if (fs::symlink_status(path_ + "/" + std::string(name), error).type() == fs::file_type::not_found)
      continue;
    if (has_run())
      fail(path_, "there is a run here already (" + std::string(name) + ")",
           "--resume DIR continues it, --force replaces it");
    fail(path_, "there are files of a run here (" + std::string(name) + "), but no state to go on from",
         "--force replaces them");
  }
}

bool RunFolder::has_run() const {
  std::error_code error;
  return fs::is_regular_file(state(), error);
}

void RunFolder::lock() {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) fail(path_, std::string("cannot open this folder: ") + std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;  // a file system without locks is no reason not to train
  if (reason != EWOULDBLOCK) return;
  ::close(std::exchange(descriptor_, -1));
  fail(path_, "another process is training in this folder");
}

/// What a killed process has left unfinished: FILE.tmp-XXXXXX, and FILE.PID-N.tmp of text files.
void RunFolder::remove_leftovers() const {
  std::error_code error;
  for (fs::directory_iterator entry(path_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    for (const std::string_view file : run_files) {
      if (!name.starts_with(file)) continue;
      const std::string_view rest = std::string_view(name).substr(file.size());
      const bool ours = (rest.starts_with(".tmp-") && rest.size() == 11) ||
                        (rest.starts_with('.') && rest.ends_with(".tmp") &&
                         rest.find_first_not_of("0123456789-", 1) == rest.size() - 4);
      std::error_code ignored;
      if (ours) fs::remove(entry->path(), ignored);
    }
  }
}

void RunFolder::remove_run() const {
  for (const std::string_view name : run_files) {
    std::error_code error;
    fs::remove(path_ + "/" + std::string(name), error);
    if (error) fail(path_ + "/" + std::string(name), "cannot remove this file: " + error.message());
  }
}

}  // namespace tmm::io
