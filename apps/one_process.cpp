// SPDX-License-Identifier: MIT
#include "apps/processes.hpp"

namespace tmm::apps {

Processes::Processes(int& /*argc*/, char**& /*argv*/) {}
Processes::~Processes() = default;

bool leads() {
  return true;
}

io::OperatorScheduler operator_scheduler(bool /*say_how*/) {
  return analysis::analyze_each;
}

void run_shared_jobs(std::span<const io::JobWords> jobs, const io::LocalJobs& how,
                     const std::function<void(const io::JobEnd&)>& ended) {
  io::run_jobs(jobs, how, ended);
}

void work_on_jobs() {}

SharedWork::~SharedWork() = default;
void SharedWork::failed(const char* /*what*/) {}

}  // namespace tmm::apps
