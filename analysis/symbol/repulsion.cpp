// SPDX-License-Identifier: MIT
#include "analysis/symbol/repulsion.hpp"

#include <algorithm>
#include <array>

#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t lanes = 16;

struct alignas(64) Batch {
  std::array<double, lanes> x{}, y{}, re{}, im{};
};

/// The clones only widen the vectors: each lane takes the same operations in the same order.
TMM_CLONES("avx512f", "avx2", "default")
void repel(const double* x, const double* y, std::size_t count, Batch& batch) {
  // 1/(dx + i·dy) = (dx − i·dy)/(dx² + dy²). A point's own share is 0 times the largest quotient.
  constexpr double least = 0x1p-1000;
  double *bx = batch.x.data(), *by = batch.y.data(), *re = batch.re.data(), *im = batch.im.data();
  for (std::size_t j = 0; j < count; ++j) {
    const double xj = x[j], yj = y[j];
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      const double dx = bx[l] - xj, dy = by[l] - yj;
      const double scale = 1 / std::max(dx * dx + dy * dy, least);
      re[l] += dx * scale;
      im[l] -= dy * scale;
    }
  }
}

}  // namespace

void repulsion(std::span<const double> re, std::span<const double> im, std::span<const std::size_t> numbers,
               std::span<std::complex<double>> sums) {
  for (std::size_t start = 0; start < numbers.size(); start += lanes) {
    const std::size_t count = std::min(lanes, numbers.size() - start);
    Batch batch;
    for (std::size_t l = 0; l < lanes; ++l) {  // idle lanes repeat the last point
      const std::size_t i = numbers[start + std::min(l, count - 1)];
      batch.x[l] = re[i];
      batch.y[l] = im[i];
    }
    repel(re.data(), im.data(), re.size(), batch);
    for (std::size_t l = 0; l < count; ++l) sums[start + l] = {batch.re[l], batch.im[l]};
  }
}

}  // namespace tmm::analysis
