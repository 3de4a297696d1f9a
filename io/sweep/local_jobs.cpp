// SPDX-License-Identifier: MIT
#include "io/sweep/local_jobs.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto pause_between_looks = std::chrono::milliseconds(10);
constexpr off_t most_messages = off_t{64} << 10U;

[[noreturn]] void fail(const char* what) {
  throw FileError(std::string(what) + ": " + std::strerror(errno));
}

/// Pointers to texts with a null at the end, as exec takes them.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// The environment of this process with `changes` in it.
std::vector<std::string> environment_with(const std::vector<std::string>& changes) {
  std::vector<std::string> all = changes;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry, name = text.substr(0, text.find('=') + 1);
    bool changed = false;
    for (const std::string& change : changes) changed = changed || change.starts_with(name);
    if (!changed) all.emplace_back(text);
  }
  return all;
}

struct Child {
  pid_t process = 0;
  std::size_t job = 0;
  int messages = -1;  // a file without a name
  Clock::time_point begin;
};

std::string read_end(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END), from = size > most_messages ? size - most_messages : 0;
  std::string text(static_cast<std::size_t>(size - from), '\0');
  const ssize_t got = ::pread(file, text.data(), text.size(), from);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

/// The processes that run.
class Children {
 public:
  explicit Children(const LocalJobs& how)
      : program_(how.program), environment_(environment_with(how.environment)), null_(open_null()) {}
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    interrupt();
    for (const Child& child : children_) {
      ::waitpid(child.process, nullptr, 0);
      ::close(child.messages);
    }
    ::close(null_);
  }

  [[nodiscard]] std::size_t count() const { return children_.size(); }
  /// Both signals, since a process in the background may have been started without an ear for one of them.
  void interrupt() const {
    for (const Child& child : children_)
      for (const int signal : {SIGTERM, SIGINT}) ::kill(child.process, signal);
  }

  void start(std::size_t job, const JobWords& words) {
    std::vector<std::string> arguments{"tmm"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const auto argument_pointers = pointers(arguments), environment_pointers = pointers(environment_);
    const int messages = ::memfd_create("messages", MFD_CLOEXEC);
    if (messages < 0) fail("cannot keep the messages of a process");
    const pid_t parent = ::getpid(), process = ::fork();
    if (process < 0) {
      ::close(messages);
      fail("cannot start a process");
    }
    if (process == 0) become(parent, messages, argument_pointers.data(), environment_pointers.data());
    children_.push_back({process, job, messages, Clock::now()});
  }

  /// Ends of processes that have come since the last look.
  std::vector<JobEnd> ended() {
    std::vector<JobEnd> ends;
    std::erase_if(children_, [&](const Child& child) {
      int status = 0;
      if (::waitpid(child.process, &status, WNOHANG) != child.process) return false;
      ends.push_back({child.job, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                      std::chrono::duration<double>(Clock::now() - child.begin).count(),
                      read_end(child.messages)});
      ::close(child.messages);
      return true;
    });
    return ends;
  }

 private:
  static int open_null() {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) fail("cannot open /dev/null");
    return null;
  }

  /// In the child: nothing but system calls, since other threads of the parent may have held locks.
  [[noreturn]] void become(pid_t parent, int messages, char* const* arguments,
                           char* const* environment) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it has ended already
    ::dup2(null_, STDIN_FILENO);
    ::dup2(null_, STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    ::execve(program_.c_str(), arguments, environment);
    ::_exit(127);
  }

  std::string program_;
  std::vector<std::string> environment_;
  int null_;
  std::vector<Child> children_;
};

}  // namespace

void run_jobs(std::span<const JobWords> jobs, const LocalJobs& how,
              const std::function<void(const JobEnd&)>& ended) {
  Children children(how);
  std::size_t next = 0;
  bool interrupted = false;
  const auto wanted = [&] { return !interrupted && next < jobs.size(); };
  while (wanted() || children.count() > 0) {
    if (how.interrupt != nullptr && how.interrupt->load() && !interrupted) {
      interrupted = true;
      children.interrupt();
    }
    for (; wanted() && children.count() < how.parallel; ++next) children.start(next, jobs[next]);
    for (const JobEnd& end : children.ended()) ended(end);
    if (children.count() > 0) std::this_thread::sleep_for(pause_between_looks);
  }
}

}  // namespace tmm::io
