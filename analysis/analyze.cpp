// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <mutex>

#include "analysis/measures/extreme_measures.hpp"
#include "analysis/measures/index_measures.hpp"
#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/measures/symbol_distribution.hpp"
#include "analysis/measures/zero_measures.hpp"
#include "analysis/sections.hpp"
#include "model/base/blas_threads.hpp"
#include "model/base/parallel.hpp"

namespace tmm::analysis {

namespace {

SpectrumChoice choice_for(const AnalyzeOptions& options, std::size_t n) {
  if (options.spectrum != SpectrumChoice::automatic) return options.spectrum;
  return n <= AnalyzeOptions::largest_automatic_spectrum ? SpectrumChoice::full : SpectrumChoice::extreme;
}

}  // namespace

std::string_view name(SpectrumChoice choice) {
  switch (choice) {
    case SpectrumChoice::automatic:
      return "automatic";
    case SpectrumChoice::full:
      return "full";
    case SpectrumChoice::extreme:
      return "extreme";
    case SpectrumChoice::none:
      return "none";
  }
  return "?";
}

OperatorReport analyze(const model::LayerOperator& layer, const AnalyzeOptions& options) {
  OperatorReport report;
  report.layer = layer;
  report.winding = winding_number(layer.taps, options.winding);
  append_index_measures(report, options.winding);
  if (options.zeros || layer.taps.size() <= AnalyzeOptions::largest_automatic_zeros)
    report.zeros = symbol_zeros(layer.taps);
  append_zero_measures(report);
  const SpectrumChoice choice = choice_for(options, layer.taps.size());
  if (choice == SpectrumChoice::full) {
    report.spectrum = singular_spectrum(layer.taps);
    append_spectrum_measures(report, options.thresholds);
    append_distribution_measures(report);
  } else if (choice == SpectrumChoice::extreme) {
    report.extremes = extreme_spectrum(layer.taps);
    append_extreme_measures(report);
  }
  report.sections = analyze_sections(layer, options.sections, options);
  for (const std::size_t m : options.sections)
    if (m > layer.taps.size())
      report.warnings.push_back(
          fmt::format("no section of length {}: the layer has n = {}", m, layer.taps.size()));
  return report;
}

std::vector<OperatorReport> analyze_all(std::span<const model::LayerOperator> layers,
                                        const AnalyzeOptions& options, int threads,
                                        const Progress& progress) {
  const model::OneBlasThread one_thread;
  const std::size_t total = layers.size();
  std::vector<OperatorReport> reports(total);
  std::vector<std::exception_ptr> failures(total);
  // Iterations start in order: everything before the lowest failure runs to its end, so that the exception
  // rethrown below does not depend on timing.
  std::atomic<std::size_t> lowest_failure = total;
  std::mutex progress_mutex;
  std::size_t done = 0;
  const auto team = threads > 0 ? static_cast<std::size_t>(threads) : model::default_threads();
  model::parallel_for(total, team, [&](std::size_t i, std::size_t) {
    if (i > lowest_failure) return;
    try {
      reports[i] = analyze(layers[i], options);
      const std::scoped_lock lock(progress_mutex);
      if (progress) progress(++done, total);
    } catch (...) {
      failures[i] = std::current_exception();
      for (std::size_t seen = lowest_failure; i < seen && !lowest_failure.compare_exchange_weak(seen, i);) {
      }
    }
  });
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return reports;
}

}  // namespace tmm::analysis
