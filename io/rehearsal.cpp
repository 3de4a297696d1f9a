// SPDX-License-Identifier: MIT
#include "io/rehearsal.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "model/error.hpp"

namespace tmm::io {
namespace {

constexpr rlim_t seconds = 1;  // of processor time

[[noreturn]] void run_child(const std::function<void()>& work) {
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU}) ::signal(crash, SIG_DFL);
  const rlimit time{seconds, seconds}, none{0, 0};
  ::setrlimit(RLIMIT_CPU, &time);
  ::setrlimit(RLIMIT_CORE, &none);
  if (const int null = ::open("/dev/null", O_WRONLY); null >= 0)
    ::dup2(null, STDERR_FILENO);  // a last cry of malloc
  try {
    work();
  } catch (...) {  // the run in the parent meets it again and reports it
  }
  ::_exit(0);  // without the parent's exit handlers and buffers
}

}  // namespace

void rehearse(const std::string& path, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child < 0) return;  // no process to spare: the run that follows has to do without
  if (child == 0) run_child(work);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const bool endless = WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
  throw FormatError(endless ? "HDF5 does not come to an end on this file: it is damaged"
                            : "HDF5 crashes on this file: it is damaged",
                    {path, "", "", "", ""});
}

}  // namespace tmm::io
