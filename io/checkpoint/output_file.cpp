// SPDX-License-Identifier: MIT
#include "io/checkpoint/output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

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
  target_ = fs::weakly_canonical(fs::absolute(path_, error), error).string();
  if (error || target_.empty())
    fail(path_, "cannot write here: " + (error ? error.message() : "no file name"));
  for (const std::string& input : inputs) require_other(input);
  require_replaceable();
  const fs::path folder = fs::path(target_).parent_path();
  if (!fs::is_directory(folder, error)) fail(path_, "cannot write here: no such folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    fail(path_, std::string("cannot write here: ") + std::strerror(errno));
}

void OutputFile::require_other(const std::string& input) const {
  std::error_code error;
  if (!fs::exists(path_, error)) return;
  auto files = shards_named_in(input);
  files.push_back(input);
  for (const std::string& file : files)
    if (fs::equivalent(path_, file, error))
      fail(path_, "the output would replace an input file", "Name another file after -o");
}

void OutputFile::require_apart(const std::string& other, const std::string& what) const {
  std::error_code error;
  const bool same = fs::weakly_canonical(fs::absolute(other, error), error).string() == target_;
  if (same || fs::equivalent(path_, other, error)) fail(path_, what, "Name another file");
}

void OutputFile::require_replaceable() const {
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (status.type() == fs::file_type::not_found) return;
  if (status.type() == fs::file_type::directory) fail(path_, "cannot write here: it is a folder");
  if (status.type() != fs::file_type::regular)
    fail(path_, "cannot write here: it is not a regular file", "Results go to standard output without -o");
  if (!force_) fail(path_, "the file exists already", "Add --force to replace it");
}

void OutputFile::write(std::string_view content) const {
  require_replaceable();
  write_atomically(target_, content);
}

}  // namespace tmm::io
