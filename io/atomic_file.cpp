// SPDX-License-Identifier: MIT
#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "model/error.hpp"

namespace tmm::io {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  throw FileError(std::string(what) + ": " + std::strerror(error), {path, "", "", "", ""});
}

}  // namespace

void write_atomically(const std::string& path, std::string_view content) {
  const std::string pattern = path + ".XXXXXX";
  std::vector<char> temporary(pattern.begin(), pattern.end());
  temporary.push_back('\0');
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) fail(path, "cannot write here", errno);
  const auto give_up = [&](const char* what) {
    const int error = errno;
    ::close(descriptor);
    ::unlink(temporary.data());
    fail(path, what, error);
  };
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(descriptor, 0666 & ~mask) != 0) give_up("cannot set permissions");
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) give_up("cannot write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0) give_up("cannot write to disk");
  if (::close(descriptor) != 0) {
    const int error = errno;
    ::unlink(temporary.data());
    fail(path, "cannot write", error);
  }
  if (std::rename(temporary.data(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.data());
    fail(path, "cannot move the finished file into place", error);
  }
}

}  // namespace tmm::io
