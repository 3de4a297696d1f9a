// SPDX-License-Identifier: MIT
#include "io/sandbox/system_call_filter.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace tmm::io {

bool filters_system_calls() {
  return true;
}

void restrict_system_calls() {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return;
  bool complete = true;
  const auto allow = [&](int call, auto... conditions) {
    const int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, sizeof...(conditions), conditions...);
    complete = complete && (result == 0 || result == -EDOM);  // EDOM: this machine has no such call
  };
  for (const int call : {SCMP_SYS(read),
                         SCMP_SYS(readv),
                         SCMP_SYS(pread64),
                         SCMP_SYS(preadv),
                         SCMP_SYS(lseek),
                         SCMP_SYS(_llseek),
                         SCMP_SYS(write),
                         SCMP_SYS(close),
                         SCMP_SYS(fstat),
                         SCMP_SYS(fstat64),
                         SCMP_SYS(newfstatat),
                         SCMP_SYS(fstatat64),
                         SCMP_SYS(statx),
                         SCMP_SYS(stat),
                         SCMP_SYS(stat64),
                         SCMP_SYS(lstat),
                         SCMP_SYS(lstat64),
                         SCMP_SYS(access),
                         SCMP_SYS(faccessat),
                         SCMP_SYS(readlink),
                         SCMP_SYS(readlinkat),
                         SCMP_SYS(getcwd),
                         SCMP_SYS(flock),
                         SCMP_SYS(fadvise64),
                         SCMP_SYS(brk),
                         SCMP_SYS(munmap),
                         SCMP_SYS(mremap),
                         SCMP_SYS(madvise),
                         SCMP_SYS(futex),
                         SCMP_SYS(sched_yield),
                         SCMP_SYS(getpid),
                         SCMP_SYS(gettid),
                         SCMP_SYS(getrandom),
                         SCMP_SYS(clock_gettime),
                         SCMP_SYS(clock_gettime64),
                         SCMP_SYS(gettimeofday),
                         SCMP_SYS(time),
                         SCMP_SYS(getrusage),
                         SCMP_SYS(rt_sigaction),
                         SCMP_SYS(rt_sigprocmask),
                         SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(restart_syscall),
                         SCMP_SYS(exit),
                         SCMP_SYS(exit_group)})
    allow(call);
  const auto masked = [](unsigned argument, int mask, int value) {
    return scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(mask),
                        static_cast<scmp_datum_t>(value)};
  };
  const auto equal = [](unsigned argument, long value) {
    return scmp_arg_cmp{argument, SCMP_CMP_EQ, static_cast<scmp_datum_t>(value), 0};
  };
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)})
    allow(call, masked(2, PROT_EXEC, 0));
  allow(SCMP_SYS(fcntl), equal(1, F_GETFD));
  allow(SCMP_SYS(fcntl), equal(1, F_GETFL));
  allow(SCMP_SYS(tgkill), equal(0, ::getpid()));  // raise() and abort()
  if (complete) seccomp_load(filter);
  seccomp_release(filter);
}

}  // namespace tmm::io
