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

AnalysisShare::~AnalysisShare() = default;
void AnalysisShare::failed(const char* /*what*/) {}

}  // namespace tmm::apps
