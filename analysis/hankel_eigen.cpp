// SPDX-License-Identifier: MIT
#include "analysis/hankel_eigen.hpp"

#include <lapacke.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "model/blas_threads.hpp"

namespace tmm::analysis {
namespace {

void check(const char* routine, lapack_int info) {
  if (info != 0) throw std::runtime_error(std::string(routine) + " failed with info " + std::to_string(info));
}

}  // namespace

HankelEigen::HankelEigen(std::span<const double> taps)
    : n_(static_cast<int>(taps.size())),
      diagonal_(taps.size()),
      subdiagonal_(taps.size()),
      reflectors_(taps.size() * taps.size()),
      tau_(taps.size()) {
  const std::size_t n = taps.size();
  // Column j holds w_{n−1−j} … w_0 and zeros; the lower triangle is read.
  for (std::size_t j = 0; j < n; ++j)
    std::reverse_copy(taps.begin(), taps.end() - static_cast<std::ptrdiff_t>(j),
                      reflectors_.begin() + static_cast<std::ptrdiff_t>(j * n));
  const model::OneBlasThread one_thread;
  check("dsytrd", LAPACKE_dsytrd(LAPACK_COL_MAJOR, 'L', n_, reflectors_.data(), n_, diagonal_.data(),
                                 subdiagonal_.data(), tau_.data()));
}

std::vector<double> HankelEigen::values() const {
  std::vector<double> values = diagonal_, off = subdiagonal_;
  check("dsterf", LAPACKE_dsterf(n_, values.data(), off.data()));
  return values;
}

}  // namespace tmm::analysis
