// SPDX-License-Identifier: MIT
#include "analysis/symbol/proven_fft.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

// Transforms of this length stay in the level-2 cache; longer ones are put together from them, stage by
// stage.
constexpr std::size_t cached_length = std::size_t{1} << 13;

// One butterfly stage on `count` values: (x, y) → (x + ωy, x − ωy) on pairs `half` apart.
// The clones only widen the vectors; they run the same operations in the same order as the portable code.
TMM_CLONES("avx2", "default")
void stage(double* re, double* im, std::size_t count, std::size_t half, const double* c, const double* s) {
  for (std::size_t start = 0; start < count; start += 2 * half) {
    double *xr = re + start, *xi = im + start, *yr = xr + half, *yi = xi + half;
    TMM_INDEPENDENT
    for (std::size_t j = 0; j < half; ++j) {
      const double tr = c[j] * yr[j] - s[j] * yi[j];
      const double ti = c[j] * yi[j] + s[j] * yr[j];
      const double ar = xr[j], ai = xi[j];
      xr[j] = ar + tr;
      xi[j] = ai + ti;
      yr[j] = ar - tr;
      yi[j] = ai - ti;
    }
  }
}

}  // namespace

ProvenFft::ProvenFft(std::size_t length)
    : length_(length),
      stages_(static_cast<int>(std::bit_width(length)) - 1),
      slot_(length),
      cos_(length),
      sin_(length) {
  const RootsOfUnity roots(length);
  for (std::size_t half = 1; half < length; half *= 2)
    for (std::size_t j = 0; j < half; ++j) {
      const std::complex<double> root = roots(j * (length / (2 * half)));
      cos_[half + j] = root.real();
      sin_[half + j] = root.imag();
    }
  for (std::size_t k = 1; k < length; ++k) slot_[k] = slot_[k / 2] / 2 + (k % 2) * (length / 2);
}

std::shared_ptr<const ProvenFft> ProvenFft::plan(std::size_t length) {
  static SharedBySize<ProvenFft> plans;
  return plans.get(length);
}

double ProvenFft::error_factor() const {
  return std::expm1(4 * unit_roundoff * stages_) * (1 + 1e-9);
}

void ProvenFft::transform(double* re, double* im, std::size_t copies) const {
  const std::size_t block = std::min(length_, cached_length);
  for (std::size_t start = 0; start < length_; start += block)
    for (std::size_t half = copies; half < block; half *= 2)
      stage(re + start, im + start, block, half, &cos_[half], &sin_[half]);
  for (std::size_t half = std::max(block, copies); half < length_; half *= 2)
    stage(re, im, length_, half, &cos_[half], &sin_[half]);
}

}  // namespace tmm::analysis
