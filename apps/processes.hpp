// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>

#include "io/study/analyze_files.hpp"
#include "io/sweep/local_jobs.hpp"

/// The processes of a run: one, of tmm (one_process.cpp); or those that mpirun has started, of tmm-mpi
/// (apps/mpi/). All have the same command line and read the same files; the first leads: it alone prints and
/// writes.
namespace tmm::apps {

/// Holds the processes together, from the beginning of main() to its end.
class Processes {
 public:
  Processes(int& argc, char**& argv);
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  ~Processes();
};

/// Whether this process prints and writes.
bool leads();

/// Thrown in a process that does not lead when the work is done.
struct WorkIsDone {};

/// How an analysis is shared among the processes; within a SharedWork. With `say_how` the leader says at the
/// end what each did.
io::OperatorScheduler operator_scheduler(bool say_how);

/// io::run_jobs, in the process that leads; within a SharedWork. Of several processes each runs one job at a
/// time, whatever how.parallel.
void run_shared_jobs(std::span<const io::JobWords> jobs, const io::LocalJobs& how,
                     const std::function<void(const io::JobEnd&)>& ended);
/// The part of the others: runs what it is given until there is no more.
void work_on_jobs();

/// The scope of what a command shares among the processes. However the leader leaves it, the others learn
/// that there is no more work; a process that cannot do its part (`failed`) says so to the leader, whose
/// command fails with these words.
class SharedWork {
 public:
  SharedWork() = default;
  SharedWork(const SharedWork&) = delete;
  SharedWork& operator=(const SharedWork&) = delete;
  ~SharedWork();
  void failed(const char* what);
};

}  // namespace tmm::apps
