// SPDX-License-Identifier: MIT
#include "io/files/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "io/files/descriptor.hpp"
#include "model/base/error.hpp"

namespace tmm::io {

namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

PendingFile::PendingFile(std::string path, bool named) : path_(std::move(path)) {
  if (!named)
    descriptor_ =
        beyond_standard_streams(::open(folder_of(path_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  nameless_ = descriptor_ >= 0;
  if (nameless_) {
    temporary_ = "/proc/self/fd/" + std::to_string(descriptor_);
    return;
  }
  temporary_ = path_ + ".tmp-XXXXXX";  // not every file system has nameless files
  descriptor_ = beyond_standard_streams(::mkostemp(temporary_.data(), O_CLOEXEC));
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("cannot write here");
  }
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      nameless_(other.nameless_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PendingFile::~PendingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty() && !nameless_) ::unlink(temporary_.c_str());
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

/// Gives a nameless file a temporary name beside `path`: only a rename can replace what is there.
void PendingFile::name() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string candidate =
        path_ + "." + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp";
    if (::linkat(AT_FDCWD, temporary_.c_str(), AT_FDCWD, candidate.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = candidate;
      nameless_ = false;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail("cannot write here");
}

void PendingFile::commit(bool replace) {
  const mode_t mask = ::umask(0);  // made private; give it what open() would have
  ::umask(mask);
  if (::fchmod(descriptor_, 0666 & ~mask) != 0) fail("cannot set permissions");
  if (::fsync(descriptor_) != 0) fail("cannot write to disk");
  if (nameless_ && !replace) {
    if (::linkat(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      fail("cannot move the finished file into place");
  } else {
    if (nameless_) name();
    const unsigned flags = replace ? 0U : static_cast<unsigned>(RENAME_NOREPLACE);
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags) != 0)
      fail("cannot move the finished file into place");
  }
  temporary_.clear();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("cannot write");
}

void write_atomically(const std::string& path, std::string_view content, bool replace) {
  PendingFile file(path);
  file.write(content);
  file.commit(replace);
}

}  // namespace tmm::io
