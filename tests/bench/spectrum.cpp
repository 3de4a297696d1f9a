// SPDX-License-Identifier: MIT
// The full singular spectrum against LAPACK's dgesdd, values only, from the same OpenBLAS on one thread.
#include <fmt/core.h>
#include <lapacke.h>

#include "analysis/spectrum.hpp"
#include "model/blas_threads.hpp"
#include "model/causal_toeplitz.hpp"
#include "timing.hpp"

namespace {

double time_dgesdd(const std::vector<double>& taps) {
  const auto dense = tmm::model::CausalToeplitz(taps).dense();
  const auto n = static_cast<lapack_int>(taps.size());
  std::vector<double> sigma(taps.size());
  Eigen::MatrixXd work;
  return tmm::bench::shortest_time([&] {
    work = dense;  // destroyed by each call
    LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', n, n, work.data(), n, sigma.data(), nullptr, n, nullptr, n);
  });
}

}  // namespace

int main() {
  const tmm::model::OneBlasThread one_thread;
  fmt::print("{:>6} {:>14} {:>12} {:>8}\n", "n", "spectrum [ms]", "dgesdd [ms]", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U, 2048U}) {
    const auto taps = tmm::bench::initial_taps(n, 1);
    const double ours = tmm::bench::shortest_time([&] { (void)tmm::analysis::singular_spectrum(taps); });
    const double lapack = time_dgesdd(taps);
    fmt::print("{:>6} {:>14.2f} {:>12.2f} {:>8.3f}\n", n, 1e3 * ours, 1e3 * lapack, ours / lapack);
  }
}
