// SPDX-License-Identifier: MIT
#include "analysis/spectrum/reflectors.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "analysis/spectrum/column_lanes.hpp"
#include "model/base/vector_clones.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t lanes = 16;
using Lanes = std::array<double, lanes>;

/// Row r of the columns in work: c_r ← c_r − v_r·w (w with the factor τ); adds Σ_r next_r c_r to `sum`. The
/// clones only widen the vectors.
TMM_CLONES("avx512f", "avx2", "default")
void reflect(const double* v, const double* next, std::size_t rows, const Lanes& weighted, double* c,
             Lanes& total) {
  constexpr std::size_t together = 4;
  const double* w = weighted.data();
  double* sum = total.data();
  std::size_t r = 0;
  for (; r + together <= rows; r += together, c += together * lanes) {
    double *c0 = c, *c1 = c + lanes, *c2 = c + 2 * lanes, *c3 = c + 3 * lanes;
    const double v0 = v[r], v1 = v[r + 1], v2 = v[r + 2], v3 = v[r + 3];
    const double n0 = next[r], n1 = next[r + 1], n2 = next[r + 2], n3 = next[r + 3];
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      const double x0 = c0[l] - v0 * w[l], x1 = c1[l] - v1 * w[l];
      const double x2 = c2[l] - v2 * w[l], x3 = c3[l] - v3 * w[l];
      c0[l] = x0;
      c1[l] = x1;
      c2[l] = x2;
      c3[l] = x3;
      sum[l] += (n0 * x0 + n1 * x1) + (n2 * x2 + n3 * x3);
    }
  }
  for (; r < rows; ++r, c += lanes) {
    const double vr = v[r], nr = next[r];
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      c[l] -= vr * w[l];
      sum[l] += nr * c[l];
    }
  }
}

/// Sixteen columns in n rows of lanes, and v_iᵀ of them for the reflector H_i that is next.
struct alignas(64) Group {
  model::AlignedVector<double> rows;
  Lanes product{};
};

/// H_i for last > i ≥ first.
void apply_some(std::span<const double> reflectors, std::span<const double> tau, std::size_t n,
                std::size_t first, std::size_t last, Group& group) {
  constexpr double one = 1, none = 0;
  alignas(64) Lanes weighted{};
  Lanes& product = group.product;
  double* c = group.rows.data();
  for (std::size_t i = last; i-- > first;) {
    for (std::size_t l = 0; l < lanes; ++l) weighted[l] = tau[i] * product[l];
    product.fill(0);
    // Row i + 1, where v_i is 1, and the rows below.
    const double* before = i > 0 ? &reflectors[(i - 1) * n + i + 1] : nullptr;
    reflect(&one, before != nullptr ? before : &none, 1, weighted, c + (i + 1) * lanes, product);
    if (i + 2 < n) {
      const double* v = &reflectors[i * n + i + 2];
      reflect(v, before != nullptr ? before + 1 : v, n - i - 2, weighted, c + (i + 2) * lanes, product);
    }
    for (std::size_t l = 0; l < lanes; ++l) product[l] += c[i * lanes + l];
  }
}

}  // namespace

void apply_reflectors(std::span<const double> reflectors, std::span<const double> tau,
                      Eigen::MatrixXd& basis) {
  const auto n = static_cast<std::size_t>(basis.rows()), columns = static_cast<std::size_t>(basis.cols());
  if (n < 2) return;
  std::vector<Group> groups((columns + lanes - 1) / lanes);
  const auto each_group = [&](const auto& copy) {
    for (std::size_t g = 0; g < groups.size(); ++g)
      visit_lanes<lanes>(basis.data() + g * lanes * n, n, std::min(lanes, columns - g * lanes),
                         groups[g].rows.data(), copy);
  };
  for (Group& group : groups) group.rows.resize(n * lanes);
  each_group([](double x, double& lane) { lane = x; });
  for (Group& group : groups) std::copy_n(&group.rows[(n - 1) * lanes], lanes, group.product.begin());
  constexpr std::size_t block = 48;  // so few stay in the cache from group to group
  for (std::size_t last = n - 1; last > 0;) {
    const std::size_t first = last > block ? last - block : 0;
    for (Group& group : groups) apply_some(reflectors, tau, n, first, last, group);
    last = first;
  }
  each_group([](double& x, double lane) { x = lane; });
}

}  // namespace tmm::analysis
