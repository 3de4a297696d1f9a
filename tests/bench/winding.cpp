// SPDX-License-Identifier: MIT
// The certified winding number against MPSolve's count and a numpy implementation, and its growth with n.
#include <fmt/core.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>

#include "analysis/index/winding.hpp"
#include "support.hpp"
#include "timing.hpp"

namespace {

using tmm::bench::initial_taps, tmm::bench::require, tmm::bench::shortest_time;

/// Taps of 24 significant bits, so that MPSolve gets exactly the same polynomial as integers.
std::vector<double> float_taps(std::size_t n, unsigned seed) {
  std::vector<double> taps = initial_taps(n, seed);
  for (double& w : taps) w = std::ldexp(std::nearbyint(std::ldexp(w, 24)), -24);
  return taps;
}

/// Seconds that MPSolve takes to count the zeros inside the circle, which must be `expected`.
double run_mpsolve(const std::vector<double>& taps, std::int64_t expected,
                   const tmm::test::TemporaryFolder& folder) {
  const std::string path = folder.file("a.pol");
  std::ofstream file(path);
  file << "Monomial;\nDegree=" << taps.size() - 1 << ";\nReal;\nInteger;\nDense;\n\n";
  for (const double w : taps) file << fmt::format("{:.0f}\n", std::ldexp(w, 24));
  file.close();
  return shortest_time([&] {
    const auto result = tmm::test::run("mpsolve -G c -S i " + path);
    require(result.exit_code == 0, "mpsolve ended with " + std::to_string(result.exit_code) + ": " +
                                       result.err + "(Debian package mpsolve)");
    require(result.out.find(std::to_string(expected) + " roots are inside") == 0,
            "mpsolve counts otherwise: " + result.out);
  });
}

/// Without the start of the process: that of a polynomial of degree 1. Both are the shortest of turns about;
/// a change of load between two of them makes more necessary.
double time_mpsolve(const std::vector<double>& taps, std::int64_t expected,
                    const tmm::test::TemporaryFolder& folder) {
  double start = HUGE_VAL, whole = HUGE_VAL;
  for (int turn = 0; turn < 2 || (turn < 10 && whole <= start); ++turn) {
    start = std::min(start, run_mpsolve({0.5, 1}, 1, folder));
    whole = std::min(whole, run_mpsolve(taps, expected, folder));
  }
  require(whole > start, "mpsolve takes no longer than its start");
  return whole - start;
}

/// Seconds per call of the two numpy methods in numpy_index.py: phase unwrapping (no proof) and companion
/// eigenvalues, which must find `expected` (the first one is no proof and may be off where a zero is close).
std::pair<double, double> time_numpy(const std::vector<double>& taps, std::int64_t expected,
                                     const tmm::test::TemporaryFolder& folder) {
  const std::string path = folder.file("taps.txt");
  std::ofstream file(path);
  for (const double w : taps) file << fmt::format("{}\n", w);
  file.close();
  const auto result = tmm::test::run("/usr/bin/python3 " TMM_BENCH_SOURCE "/numpy_index.py " + path);
  require(result.exit_code == 0, "numpy_index.py failed: " + result.err);
  std::pair<double, double> seconds{};
  long unwrapped = 0, roots = 0;
  require(std::sscanf(result.out.c_str(), "%lf %lf %ld %ld", &seconds.first, &seconds.second, &unwrapped,
                      &roots) == 4,
          "numpy_index.py printed " + result.out);
  require(roots == expected && std::abs(unwrapped - expected) <= 2, "numpy counts otherwise: " + result.out);
  return seconds;
}

}  // namespace

int main() {
  const tmm::test::TemporaryFolder folder;
  fmt::print("certified winding number against MPSolve (process start taken off) and numpy, milliseconds\n");
  fmt::print("{:>6} {:>9} {:>9} {:>7} {:>13} {:>7} {:>12} {:>7}\n", "n", "ours", "MPSolve", "ratio",
             "numpy unwrap", "ratio", "numpy roots", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U}) {
    std::vector<double> ours, mpsolve, unwrap, roots;
    for (unsigned seed = 1; seed <= 5; ++seed) {
      const auto taps = float_taps(n, seed);
      const auto winding = tmm::analysis::winding_number(taps);
      require(winding.status == tmm::analysis::IndexStatus::certified, "not certified: " + winding.reason);
      ours.push_back(1e3 * shortest_time([&] { (void)tmm::analysis::winding_number(taps); }, 0.05));
      mpsolve.push_back(1e3 * time_mpsolve(taps, winding.number, folder));
      const auto numpy = time_numpy(taps, winding.number, folder);
      unwrap.push_back(1e3 * numpy.first);
      roots.push_back(1e3 * numpy.second);
    }
    const double us = tmm::bench::median(ours);
    const auto ratio = [&](const std::vector<double>& peer) { return tmm::bench::median(peer) / us; };
    fmt::print("{:>6} {:>9.3f} {:>9.1f} {:>7.0f} {:>13.2f} {:>7.1f} {:>12.1f} {:>7.0f}\n", n, us,
               tmm::bench::median(mpsolve), ratio(mpsolve), tmm::bench::median(unwrap), ratio(unwrap),
               tmm::bench::median(roots), ratio(roots));
  }

  fmt::print("\ngrowth: seconds, and microseconds per n log2 n\n{:>9} {:>10} {:>12} {:>14}\n", "n", "seconds",
             "us/(n lg n)", "peak RSS [MB]");
  for (const int log2n : {8, 9, 10, 11, 12, 14, 16, 18, 20}) {
    const std::size_t n = std::size_t{1} << log2n;
    const auto taps = initial_taps(n, 3);
    tmm::analysis::Winding winding;
    const double seconds = shortest_time([&] { winding = tmm::analysis::winding_number(taps); }, 0.02);
    require(winding.status == tmm::analysis::IndexStatus::certified, "not certified: " + winding.reason);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("{:>9} {:>10.6f} {:>12.4f} {:>14.0f}\n", n, seconds,
               1e6 * seconds / (static_cast<double>(n) * log2n), static_cast<double>(usage.ru_maxrss) / 1024);
  }
}
