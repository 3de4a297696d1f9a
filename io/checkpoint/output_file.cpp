// SPDX-License-Identifier: MIT
#include "io/checkpoint/output_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/checkpoint/safetensors_checkpoint.hpp"
#include "io/files/atomic_file.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& what, std::string hint = {}) {
  throw FileError(what, {path, "", "", "", std::move(hint)});
}

}  // namespace

OutputFile::OutputFile(std::string path, bool force, std::span<const std::string> inputs)
    : path_(std::move(path)), force_(force) {
  std::error_code error;
  const fs::path whole = fs::absolute(path_, error);
  if (error || path_.empty()) fail(path_, "cannot write here: " + (error ? error.message() : "no file name"));
  for (const std::string& input : inputs) require_other(input);
  require_replaceable();
  if (!whole.has_filename()) fail(path_, "cannot write here: no such folder");
  const fs::path folder = fs::weakly_canonical(whole.parent_path(), error);
  if (error || !fs::is_directory(folder, error)) fail(path_, "cannot write here: no such folder");
  if (folder == "/dev" || folder.string().starts_with("/proc/"))
    fail(path_, "cannot write here: it is not a regular file", "Results go to standard output without -o");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    fail(path_, std::string("cannot write here: ") + std::strerror(errno));
}

void OutputFile::require_other(const std::string& input) const {
  std::error_code error;
  if (!fs::exists(path_, error)) return;
  auto files = shards_named_in(input);
  files.push_back(input);
  if (fs::is_directory(input, error))
    for (const std::string& inside : files_of_checkpoint_folder(input)) {
      files.push_back(inside);
      std::ranges::move(shards_named_in(inside), std::back_inserter(files));
    }
  for (const std::string& file : files)
    if (fs::equivalent(path_, file, error))
      fail(path_, "the output would replace an input file", "Name another file after -o");
}

void OutputFile::require_apart(const std::string& other, const std::string& what) const {
  std::error_code error;
  const auto place = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, error), error);
  };
  if (place(path_) == place(other) || fs::equivalent(path_, other, error))
    fail(path_, what, "Name another file");
}

void OutputFile::require_replaceable() const {
  std::error_code error;
  const fs::file_status there = fs::symlink_status(path_, error);
  if (there.type() == fs::file_type::not_found) return;
  const fs::file_status behind = fs::status(path_, error);  // of a link, what it leads to
  if (behind.type() == fs::file_type::directory) fail(path_, "cannot write here: it is a folder");
  const bool dangling = behind.type() == fs::file_type::not_found;
  if (behind.type() != fs::file_type::regular && !dangling)
    fail(path_, "cannot write here: it is not a regular file", "Results go to standard output without -o");
  if (force_) return;
  fail(path_, dangling ? "a symbolic link exists already, to nowhere" : "the file exists already",
       "Add --force to replace it");
}

void OutputFile::write(std::string_view content) const {
  require_replaceable();
  write_atomically(path_, content, force_);
}

void OutputFile::write(
    const std::function<void(const std::function<void(std::string_view)>&)>& produce) const {
  require_replaceable();
  PendingFile file(path_);
  produce([&](std::string_view piece) { file.write(piece); });
  file.commit(force_);
}

}  // namespace tmm::io
