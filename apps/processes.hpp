// SPDX-License-Identifier: MIT
#pragma once

#include "io/study/analyze_files.hpp"

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

/// How an analysis is shared among the processes. With `say_how` the leader says at the end what each did.
/// `commands` of all processes must reach it, or none: see AnalysisShare.
io::OperatorScheduler operator_scheduler(bool say_how);

/// In the scope of a command that uses operator_scheduler(). However the leader leaves it, the others learn
/// that there is no more work; a process that cannot do its part (`failed`) says so to the leader, whose
/// command fails with these words.
class AnalysisShare {
 public:
  AnalysisShare() = default;
  AnalysisShare(const AnalysisShare&) = delete;
  AnalysisShare& operator=(const AnalysisShare&) = delete;
  ~AnalysisShare();
  void failed(const char* what);
};

}  // namespace tmm::apps
