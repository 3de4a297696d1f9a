// SPDX-License-Identifier: MIT
// One operator with everything on, and its parts, against LAPACK's eigenvalues of the same matrix: one BLAS
// thread, the same OpenBLAS. Times are those of the processor, shortest of turns about.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/base/lapack.hpp"
#include "analysis/measures/index_measures.hpp"
#include "analysis/measures/symbol_distribution.hpp"
#include "analysis/measures/zero_measures.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "analysis/symbol/zeros.hpp"
#include "analysis/symbols.hpp"
#include "model/base/blas_threads.hpp"
#include "timing.hpp"

namespace {

using tmm::analysis::OperatorReport, tmm::bench::require;

/// Reduction to tridiagonal form and its eigenvalues: what LAPACK needs for the moduli of all singular
/// values.
std::vector<double> lapack_eigenvalues(const std::vector<double>& taps) {
  namespace lapack = tmm::analysis::lapack;
  const std::size_t n = taps.size();
  std::vector<double> a(n * n), d(n), e(n), tau(n);
  for (std::size_t j = 0; j < n; ++j)
    std::reverse_copy(taps.begin(), taps.end() - static_cast<std::ptrdiff_t>(j),
                      a.begin() + static_cast<std::ptrdiff_t>(j * n));
  const int order = static_cast<int>(n);
  require(lapack::dsytrd_lower(order, a.data(), d.data(), e.data(), tau.data()) == 0, "dsytrd failed");
  require(lapack::dsterf(order, d.data(), e.data()) == 0, "dsterf did not converge");
  return d;
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

using Work = std::function<void()>;

/// Shortest time of each work among turns about that together last `at_least` seconds.
std::vector<double> shortest_times(const std::vector<Work>& works, double at_least) {
  std::vector<double> shortest(works.size(), std::numeric_limits<double>::infinity());
  const double start = processor_seconds();
  for (int turn = 0; turn < 3 || processor_seconds() - start < at_least; ++turn)
    for (std::size_t i = 0; i < works.size(); ++i) {
      const double before = processor_seconds();
      works[i]();
      shortest[i] = std::min(shortest[i], processor_seconds() - before);
    }
  return shortest;
}

/// Everything is known of the operator, and the spectrum is LAPACK's.
void check(const OperatorReport& report) {
  for (const auto& item : report.measures)
    require(item.measure.status != tmm::analysis::Status::undecided, item.id + " is undecided");
  require(report.winding.status == tmm::analysis::IndexStatus::certified && report.zeros.has_value() &&
              report.zeros->converged && report.spectrum.has_value(),
          "a part of the analysis is missing");
  std::vector<double> moduli = lapack_eigenvalues(report.layer.taps);
  for (double& x : moduli) x = std::fabs(x);
  std::ranges::sort(moduli, std::greater<>());
  for (std::size_t i = 0; i < moduli.size(); ++i)
    require(std::fabs(report.spectrum->values[i].value.to_double() - moduli[i]) <= 1e-11 * moduli[0],
            "the spectrum is not that of LAPACK");
}

constexpr std::array<const char*, 8> names{"LAPACK", "spectrum", "index",        "index measures",
                                           "zeros",  "Jensen …", "distribution", "all"};

std::vector<Work> works_of(OperatorReport& report) {
  const auto& taps = report.layer.taps;
  const auto measured = [&report](auto append) {
    return [&report, append] {
      report.measures.clear();
      append(report);
    };
  };
  return {[&taps] { (void)lapack_eigenvalues(taps); },
          [&taps] { (void)tmm::analysis::singular_spectrum(taps); },
          [&taps] { (void)tmm::analysis::winding_number(taps); },
          measured([](OperatorReport& r) { tmm::analysis::append_index_measures(r, {}); }),
          [&taps] { (void)tmm::analysis::symbol_zeros(taps); },
          measured([](OperatorReport& r) { tmm::analysis::append_zero_measures(r); }),
          measured([](OperatorReport& r) { tmm::analysis::append_distribution_measures(r); }),
          [&report] { (void)tmm::analysis::analyze(report.layer); }};
}

void print_row(const std::string& what, const std::vector<double>& seconds) {
  fmt::print("{:<28}", what);
  for (const double s : seconds) fmt::print(" {:>14.3f}", 1e3 * s);
  fmt::print(" {:>6.2f}\n", seconds.back() / seconds.front());
}

/// Median over operators of every work.
void measure(const std::string& what, const std::vector<std::vector<double>>& operators, double at_least) {
  std::vector<std::vector<double>> seconds(names.size());
  for (const std::vector<double>& taps : operators) {
    tmm::model::LayerOperator layer;
    layer.taps = taps;
    OperatorReport report = tmm::analysis::analyze(layer);
    check(report);
    const auto times = shortest_times(works_of(report), at_least);
    for (std::size_t i = 0; i < times.size(); ++i) seconds[i].push_back(times[i]);
  }
  std::vector<double> medians;
  for (const auto& of_work : seconds) medians.push_back(tmm::bench::median(of_work));
  print_row(what, medians);
}

}  // namespace

int main() {
  const tmm::model::OneBlasThread one_thread;
  fmt::print("one operator, milliseconds; ratio: all of it over LAPACK's eigenvalues\n{:<28}", "");
  for (const char* name : names) fmt::print(" {:>14}", name);
  fmt::print(" {:>6}\n", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U, 2048U}) {
    std::vector<std::vector<double>> operators;
    for (unsigned seed = 1; seed <= (n > 1024 ? 1U : 5U); ++seed)
      operators.push_back(tmm::bench::initial_taps(n, seed));
    measure(fmt::format("freshly initialised, n = {}", n), operators, 0.3);
  }
  for (const char* file : {"clm_flat.h5", "copy_d512_n512_toeplitz_only.h5"}) {
    std::vector<std::vector<double>> operators;
    for (const auto& layer : tmm::test::trained_operators(file)) operators.push_back(layer.taps);
    if (operators.empty())
      fmt::print("{} is not here: not measured\n", file);
    else
      measure(fmt::format("trained, n = {}", operators.front().size()), operators, 0.1);
  }
}
