// SPDX-License-Identifier: MIT
#include "io/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>

#include "model/error.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t maximum_answer = 64U << 20U;
constexpr std::uint64_t descriptors = 8;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // terabytes of shadow, reports to be written: some limits cannot be
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

enum class Outcome : std::uint64_t { none = 0, done, format_error, file_error, argument_error, other_error };

/// Start of the shared memory; the answer follows. `outcome` is written last.
struct AnswerHeader {
  Outcome outcome;
  std::uint64_t size;
};

std::uint64_t own_address_space() {
  std::uint64_t pages = 0;
  char text[64] = {};
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (statm >= 0 && ::read(statm, text, sizeof text - 1) > 0) pages = std::strtoull(text, nullptr, 10);
  if (statm >= 0) ::close(statm);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Never raises a limit that stands already.
void restrict_resource(__rlimit_resource resource, std::uint64_t value) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, value);
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, value);
  ::setrlimit(resource, &limit);
}

void restrict_process(const ChildLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGXFSZ, SIGTERM, SIGINT})
    if (!sanitized) ::signal(crash, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR);
  if (null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    if (!sanitized) ::dup2(null, STDERR_FILENO);  // a last cry of malloc
  }
  const std::uint64_t space = own_address_space();
  restrict_resource(RLIMIT_CPU, limits.seconds);
  restrict_resource(RLIMIT_CORE, 0);
  if (sanitized) return;
  ::close_range(3, ~0U, 0);
  restrict_resource(RLIMIT_NOFILE, descriptors);
  restrict_resource(RLIMIT_FSIZE, 0);
  restrict_resource(RLIMIT_NPROC, 0);
  if (space != 0) restrict_resource(RLIMIT_AS, space + limits.memory);
}

void answer(const SharedMemory& shared, Outcome outcome, std::string_view text) {
  auto* header = reinterpret_cast<AnswerHeader*>(shared.bytes().data());
  if (text.size() > maximum_answer) {
    outcome = Outcome::other_error;
    text = "its header is too large";
  }
  std::memcpy(shared.bytes().data() + sizeof(AnswerHeader), text.data(), text.size());
  header->size = text.size();
  header->outcome = outcome;
}

[[noreturn]] void run_child(const SharedMemory& shared, const ChildLimits& limits,
                            const std::function<std::string()>& work) {
  restrict_process(limits);
  try {
    answer(shared, Outcome::done, work());
  } catch (const FormatError& e) {
    answer(shared, Outcome::format_error, e.what());
  } catch (const FileError& e) {
    answer(shared, Outcome::file_error, e.what());
  } catch (const ArgumentError& e) {
    answer(shared, Outcome::argument_error, e.what());
  } catch (const std::bad_alloc&) {
    answer(shared, Outcome::other_error, "reading it takes more memory than it may have");
  } catch (const std::exception& e) {
    answer(shared, Outcome::other_error, e.what());
  }
  ::_exit(0);  // without the parent's exit handlers and buffers
}

/// Waits for the child's end; kills it when it sleeps for ever. Returns whether it had to.
bool wait_for(pid_t child, const ChildLimits& limits, int& status) {
  bool killed = false;
  const auto watch = static_cast<int>(::syscall(SYS_pidfd_open, child, 0U));
  if (watch >= 0) {
    // The limit on processor time does the work; this one is for a child that waits, on a busy machine.
    const auto patience = static_cast<int>(std::min<std::uint64_t>(60 + 20 * limits.seconds, 100'000) * 1000);
    pollfd ended{watch, POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&ended, 1, patience)) < 0 && errno == EINTR) continue;
    if (ready == 0) killed = ::kill(child, SIGKILL) == 0;
    ::close(watch);
  }
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return killed;
}

}  // namespace

SharedMemory::SharedMemory(std::size_t bytes) : size_(bytes) {
  void* start = ::mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED)
    throw FileError(std::string("cannot get memory to share: ") + std::strerror(errno));
  start_ = static_cast<std::byte*>(start);
}

SharedMemory::~SharedMemory() {
  ::munmap(start_, std::max<std::size_t>(size_, 1));
}

void SharedMemory::populate(std::size_t count) const {
#ifdef MADV_POPULATE_WRITE
  ::madvise(start_, std::min(count, size_), MADV_POPULATE_WRITE);
#else
  (void)count;
#endif
}

std::string run_in_child(const std::string& path, const ChildLimits& limits,
                         const std::function<std::string()>& work) {
  const SharedMemory shared(sizeof(AnswerHeader) + maximum_answer);
  const pid_t child = ::fork();
  if (child < 0)
    throw FileError(std::string("cannot start a process to read this in: ") + std::strerror(errno),
                    {path, "", "", "", ""});
  if (child == 0) run_child(shared, limits, work);
  int status = 0;
  const bool killed = wait_for(child, limits, status);
  AnswerHeader header{};
  std::memcpy(&header, shared.bytes().data(), sizeof header);
  if (header.outcome == Outcome::none || header.size > maximum_answer) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const bool endless = killed || signal == SIGXCPU || signal == SIGKILL;
    throw FormatError(endless ? "HDF5 does not come to an end on this file: it is damaged"
                              : "HDF5 crashes on this file: it is damaged",
                      {path, "", "", "", ""});
  }
  std::string text(reinterpret_cast<const char*>(shared.bytes().data()) + sizeof header, header.size);
  switch (header.outcome) {
    case Outcome::done:
      return text;
    case Outcome::file_error:
      throw FileError(text);
    case Outcome::argument_error:
      throw ArgumentError(text);
    case Outcome::format_error:
      throw FormatError(text);
    default:
      throw FormatError(text, {path, "", "", "", ""});
  }
}

}  // namespace tmm::io
