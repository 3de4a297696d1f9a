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

// The stages of half-length 1 and 2 in one, on quadruples: the same operations.
TMM_CLONES("avx512f", "avx2", "default")
void first_two_stages(double* re, double* im, std::size_t count, const double* c, const double* s) {
  TMM_INDEPENDENT
  for (std::size_t start = 0; start < count; start += 4) {
    double *r = re + start, *i = im + start;
    const double tr = c[1] * r[1] - s[1] * i[1], ti = c[1] * i[1] + s[1] * r[1];
    const double ur = c[1] * r[3] - s[1] * i[3], ui = c[1] * i[3] + s[1] * r[3];
    const double r0 = r[0] + tr, i0 = i[0] + ti, r1 = r[0] - tr, i1 = i[0] - ti;
    const double r2 = r[2] + ur, i2 = i[2] + ui, r3 = r[2] - ur, i3 = i[2] - ui;
    const double vr = c[2] * r2 - s[2] * i2, vi = c[2] * i2 + s[2] * r2;
    const double wr = c[3] * r3 - s[3] * i3, wi = c[3] * i3 + s[3] * r3;
    r[0] = r0 + vr;
    i[0] = i0 + vi;
    r[1] = r1 + wr;
    i[1] = i1 + wi;
    r[2] = r0 - vr;
    i[2] = i0 - vi;
    r[3] = r1 - wr;
    i[3] = i1 - wi;
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
  const bool two_at_once = copies == 1 && block >= 4;
  for (std::size_t start = 0; start < length_; start += block) {
    if (two_at_once) first_two_stages(re + start, im + start, block, cos_.data(), sin_.data());
    for (std::size_t half = two_at_once ? 4 : copies; half < block; half *= 2)
      stage(re + start, im + start, block, half, &cos_[half], &sin_[half]);
  }
  for (std::size_t half = std::max(block, copies); half < length_; half *= 2)
    stage(re, im, length_, half, &cos_[half], &sin_[half]);
}

}  // namespace tmm::analysis
