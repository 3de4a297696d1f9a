// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <initializer_list>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

#include "analysis/base/thread_caches.hpp"
#include "analysis/index/published_winding.hpp"
#include "analysis/measures/certified_measures.hpp"
#include "analysis/measures/dense_measures.hpp"
#include "analysis/measures/extreme_measures.hpp"
#include "analysis/measures/index_measures.hpp"
#include "analysis/measures/plane_measures.hpp"
#include "analysis/measures/row_divided.hpp"
#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/measures/symbol_distribution.hpp"
#include "analysis/measures/tap_error.hpp"
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

/// Runs one part of an analysis. What it throws (LAPACK giving up, memory running out, an operator too large
/// for this part) is a result of this operator and no reason to lose those of others: `ids`, the measures
/// that it would have appended, are undecided then, and a warning says why.
template <class Part>
void attempt(OperatorReport& report, const std::string& what, std::initializer_list<const char*> ids,
             Part part) {
  const std::size_t before = report.measures.size();
  std::string reason;
  try {
    return part();
  } catch (const std::bad_alloc&) {
    reason = "not enough memory";
  } catch (const std::runtime_error& error) {
    reason = error.what();
  }
  report.measures.resize(before);
  for (const char* id : ids) report.measures.push_back({id, Measure::undecided(reason)});
  report.warnings.push_back(what + ": " + reason);
}

void append_full_spectrum(OperatorReport& report, const AnalyzeOptions& options) {
  attempt(
      report, "no singular spectrum",
      {"sigma_max", "log10_sigma_max", "sigma_min", "log10_sigma_min", "condition", "log10_condition"}, [&] {
        report.spectrum = singular_spectrum(report.layer.taps, {.certify = options.certify});
        if (options.certify) carry_rest(*report.spectrum, report.layer.rest);
        const SingularValue rounded = report.spectrum->values.back();
        carry_tap_error(*report.spectrum, report.layer.tap_error_l1);
        append_spectrum_measures(report, options.thresholds, options.absolute_thresholds);
        if (options.certify) certify_spectrum_measures(report);
        append_distribution_measures(report);
        // Weyl's bound says little of a value far below the taps' error, which may yet be well determined.
        if (report.spectrum->values.back().status == Status::below_precision && rounded.value.mantissa != 0)
          append_sigma_of_rounded_taps(report, rounded);
      });
  if (report.find("stable_rank") == nullptr) report.spectrum.reset();
}

void append_extremes(OperatorReport& report) {
  attempt(report, "no extreme singular values",
          {"sigma_max", "log10_sigma_max", "log10_sigma_min", "log10_condition"}, [&] {
            report.extremes = extreme_spectrum(report.layer.taps);
            carry_tap_error(*report.extremes, report.layer.tap_error_l1);
            append_extreme_measures(report);
          });
}

void append_plane(OperatorReport& report, const AnalyzeOptions& options, const WantedMeasures& wanted) {
  const bool asked_for = options.pseudospectra.has_value();
  if (asked_for && options.keep_arrays)
    attempt(report, "no resolvent norms", {}, [&] {
      report.plane = resolvent_plane(report.layer.taps, *options.pseudospectra,
                                     {.tap_error = report.layer.tap_error_l1, .rest = report.layer.rest});
    });
  if (asked_for || wanted.named(MeasurePart::plane_distances) || wanted.named(MeasurePart::kreiss))
    attempt(report, "no measures of the plane",
            {"distance_to_other_index", "distance_to_index_zero", "log10_kreiss_powers",
             "log10_kreiss_residual_powers"},
            [&] { append_plane_measures(report, wanted); });
}

void append_divided(OperatorReport& report) {
  attempt(report, "no singular spectrum of diag(1/c) T",
          {"row_divided_sigma_max", "row_divided_sigma_min", "row_divided_condition"},
          [&] { append_row_divided_measures(report); });
}

void analyze_toeplitz(OperatorReport& report, const AnalyzeOptions& options, const WantedMeasures& wanted) {
  const model::LayerOperator& layer = report.layer;
  const Winding rounded = winding_number(layer.taps, options.winding, layer.rest);
  report.winding = rounded;
  carry_tap_error(report.winding, layer.tap_error_l1, layer.taps.size());
  append_index_measures(report, options.winding, wanted, options.certify);
  if (report.winding.status != rounded.status) append_index_of_rounded_taps(report, rounded);
  if (options.published_winding)
    report.measures.push_back({"published_winding", published_winding(layer.taps)});
  if (wanted.part(MeasurePart::zeros) || options.zeros)
    attempt(report, "no zeros", {"jensen_defect", "smallest_zero"}, [&] {
      if (options.zeros || layer.taps.size() <= AnalyzeOptions::largest_automatic_zeros)
        report.zeros = symbol_zeros(layer.taps);
      append_zero_measures(report, options.certify);
    });
  const SpectrumChoice choice = choice_for(options, layer.taps.size());
  const bool spectrum = wanted.part(MeasurePart::spectrum);
  if (spectrum && choice == SpectrumChoice::full)
    append_full_spectrum(report, options);
  else if (spectrum && choice == SpectrumChoice::extreme)
    append_extremes(report);
  append_plane(report, options, wanted);
  if (choice == SpectrumChoice::full && !layer.row_divisor.empty() && wanted.part(MeasurePart::row_divided))
    append_divided(report);
}

void analyze_dense(OperatorReport& report, const AnalyzeOptions& options) {
  append_dense_index_measures(report, options.winding);
  if (choice_for(options, model::order(report.layer)) == SpectrumChoice::full)
    attempt(report, "no singular spectrum", {"sigma_max", "sigma_min", "condition"},
            [&] { append_dense_spectrum_measures(report, options.thresholds, options.absolute_thresholds); });
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
  const std::size_t n = model::order(layer);
  const WantedMeasures wanted(options.measures);
  if (layer.kind == model::OperatorKind::dense_causal)
    analyze_dense(report, options);
  else
    analyze_toeplitz(report, options, wanted);
  wanted.select(report.measures);
  settle(report.measures);
  if (layer.rest != 0)
    report.warnings.push_back(
        fmt::format("spectrum and zeros are those of w_0 rounded to {:.17g}: the operator has {:.17g} more",
                    layer.taps[0], layer.rest));
  report.sections = analyze_sections(layer, options.sections, options);
  for (const std::size_t m : options.sections)
    if (m > n) report.warnings.push_back(fmt::format("no section of length {}: the layer has n = {}", m, n));
  if (!options.keep_arrays) drop_arrays(report, options);
  return report;
}

void drop_arrays(OperatorReport& report, const AnalyzeOptions& options) {
  report.spectrum.reset();
  report.divided.reset();
  report.plane.reset();
  if (!options.zeros) report.zeros.reset();
}

void analyze_each(std::span<const model::LayerOperator> layers, const AnalyzeOptions& options, int threads,
                  const Deliver& deliver, const Progress& progress, const KnownReport& known) {
  const model::OneBlasThread one_thread;
  const std::size_t total = layers.size();
  OrderedDelivery delivery(deliver);
  std::vector<std::exception_ptr> failures(total);
  // Iterations start in order: everything before the lowest failure runs to its end, so that the exception
  // rethrown below does not depend on timing.
  std::atomic<std::size_t> lowest_failure = total;
  std::mutex progress_mutex;
  std::size_t done = 0;
  const auto team = threads > 0 ? static_cast<std::size_t>(threads) : model::default_threads();
  model::parallel_for(total, team, [&](std::size_t i, std::size_t) {
    if (i > lowest_failure) return;
    free_caches_at_thread_end();
    try {
      std::optional<OperatorReport> report = known ? known(i) : std::nullopt;
      if (!report) {
        delivery.await_turn(i);
        report = analyze(layers[i], options);
      }
      {
        const std::scoped_lock lock(progress_mutex);
        if (progress) progress(++done, total);
      }
      delivery.put(i, std::move(*report));
    } catch (...) {
      failures[i] = std::current_exception();
      for (std::size_t seen = lowest_failure; i < seen && !lowest_failure.compare_exchange_weak(seen, i);) {
      }
      delivery.end_before(i);
    }
  });
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

std::vector<OperatorReport> analyze_all(std::span<const model::LayerOperator> layers,
                                        const AnalyzeOptions& options, int threads,
                                        const Progress& progress) {
  std::vector<OperatorReport> reports(layers.size());
  analyze_each(
      layers, options, threads,
      [&](std::size_t i, OperatorReport&& report) { reports[i] = std::move(report); }, progress);
  return reports;
}

}  // namespace tmm::analysis
