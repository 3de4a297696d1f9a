// SPDX-License-Identifier: MIT
#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "model/error.hpp"

namespace tmm::io {

PendingFile::PendingFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".XXXXXX") {
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("cannot write here");
  }
}

PendingFile::~PendingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void PendingFile::fail(const char* what) const {
  throw FileError(std::string(what) + ": " + std::strerror(errno), {path_, "", "", "", ""});
}

void PendingFile::write(std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor_, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PendingFile::commit() {
  const mode_t mask = ::umask(0);  // mkstemp made the file private; give it what open() would have
  ::umask(mask);
  if (::fchmod(descriptor_, 0666 & ~mask) != 0) fail("cannot set permissions");
  if (::fsync(descriptor_) != 0) fail("cannot write to disk");
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("cannot write");
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot move the finished file into place");
  temporary_.clear();
}

void write_atomically(const std::string& path, std::string_view content) {
  PendingFile file(path);
  file.write(content);
  file.commit();
}

}  // namespace tmm::io
