// SPDX-License-Identifier: MIT
#include "io/run/run_page.hpp"

#include <cstddef>
#include <filesystem>
#include <utility>

#include "io/run/trajectory.hpp"
#include "model/base/error.hpp"

namespace tmm::io {

void add_curves(MetricsTable& metrics, std::vector<analysis::RecordedStep> steps, int threads) {
  const std::size_t recorded = steps.size();
  const auto shown = shown_steps(std::move(steps));
  metrics.curves = step_curves(analysis::trace(metrics.file, shown, threads), shown, recorded);
}

MetricsTable metrics_with_curves(const std::string& folder, const model::Assumptions& assumptions,
                                 int threads) {
  const std::filesystem::path path(folder), trajectory = path / "trajectory.h5";
  MetricsTable metrics = read_metrics_table((path / "metrics.csv").string());
  std::error_code ignored;
  if (!std::filesystem::exists(trajectory, ignored)) return metrics;
  try {
    add_curves(metrics, read_trajectory(trajectory.string(), assumptions), threads);
  } catch (const Error& error) {
    metrics.remarks.push_back(std::string("Curves by step are left out: ") + error.what());
  }
  return metrics;
}

}  // namespace tmm::io
