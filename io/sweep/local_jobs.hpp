// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tmm::io {

/// What a process is started with, after its program.
using JobWords = std::vector<std::string>;

/// How a process has ended.
struct JobEnd {
  std::size_t job = 0;   ///< which of those given
  int exit_code = 0;     ///< 128 + number of the signal that ended it
  double seconds = 0;    ///< it ran
  std::string messages;  ///< what it wrote to standard error, its last 64 KiB
};

struct LocalJobs {
  std::string program;                   ///< path, such as /proc/self/exe
  std::vector<std::string> environment;  ///< NAME=VALUE, in place of what this process has under NAME
  std::size_t parallel = 1;              ///< processes at a time
  const std::atomic<bool>* interrupt = nullptr;
};

/// Runs a process for every job, so many at a time, in their order; `ended` is called after each, by this
/// thread. Their standard input is empty, their standard output is dropped. No process outlives this one,
/// even where it is killed. Once *interrupt is set no more are begun, those that run get SIGTERM and SIGINT,
/// and their ends are waited for. What `ended` throws does the same and is thrown again. Throws FileError if
/// no process can be started.
void run_jobs(std::span<const JobWords> jobs, const LocalJobs& how,
              const std::function<void(const JobEnd&)>& ended);

}  // namespace tmm::io
