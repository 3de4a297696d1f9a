// SPDX-License-Identifier: MIT
// The ends of the spectrum of large operators: seconds, memory, and the widths of the intervals.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>

#include "analysis/spectrum/extreme_spectrum.hpp"
#include "timing.hpp"

namespace {

/// Six values, descending, each known to a thousandth, between ‖w‖₂ (σ_max is at least the norm of a column)
/// and ‖w‖₁.
void require_sound(const tmm::analysis::ExtremeSpectrum& spectrum, const std::vector<double>& taps) {
  using tmm::bench::require;
  require(spectrum.largest.size() == 6, "six values were asked for");
  double squares = 0, sum = 0;
  for (const double w : taps) squares += w * w, sum += std::fabs(w);
  const double greatest = spectrum.largest.front().value.log10();
  require(greatest >= std::log10(squares) / 2 - 1e-3 && greatest <= std::log10(sum) + 1e-3,
          "sigma_max lies outside its bounds");
  for (std::size_t i = 0; i < 6; ++i) {
    require(spectrum.largest[i].relative_error < 1e-3, "a value did not converge");
    require(i == 0 || spectrum.largest[i].value.log10() <= spectrum.largest[i - 1].value.log10() + 1e-3,
            "the values do not descend");
  }
  require(!spectrum.smallest.empty() || spectrum.bracket_known, "nothing is known of sigma_min");
}

}  // namespace

int main() {
  fmt::print(
      "six largest singular values and sigma_min of fresh layers\n{:>9} {:>9} {:>12} {:>15} {:>16} {:>14}\n",
      "n", "seconds", "us/(n lg n)", "widest interval", "log10 sigma_min", "peak RSS [MB]");
  for (int log2n = 14; log2n <= 20; log2n += 2) {
    const std::size_t n = std::size_t{1} << log2n;
    const auto taps = tmm::bench::initial_taps(n, 3);
    const auto start = std::chrono::steady_clock::now();
    const auto spectrum = tmm::analysis::extreme_spectrum(taps);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    require_sound(spectrum, taps);
    double widest = 0;
    for (const auto& value : spectrum.largest) widest = std::max(widest, value.relative_error);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print(
        "{:>9} {:>9.2f} {:>12.3f} {:>15.1e} {:>16.6f} {:>14.0f}\n", n, seconds,
        1e6 * seconds / (static_cast<double>(n) * log2n), widest,
        spectrum.smallest.empty() ? spectrum.sigma_min_lower.log10() : spectrum.smallest[0].value.log10(),
        static_cast<double>(usage.ru_maxrss) / 1024);
  }
}
