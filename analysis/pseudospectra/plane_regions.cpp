// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "analysis/pseudospectra/plane.hpp"

namespace tmm::analysis {
namespace {

/// The grid of a plane, and walks on it.
class Grid {
 public:
  explicit Grid(const Plane& plane) : plane_(plane), columns_(plane.x.size()), rows_(plane.y.size()) {}

  [[nodiscard]] std::size_t size() const { return columns_ * rows_; }

  /// Whether two places next to each other have one known number.
  [[nodiscard]] bool alike(std::size_t a, std::size_t b) const {
    return plane_.winding_number[a] && plane_.winding_number[a] == plane_.winding_number[b];
  }

  /// take(neighbour) of each of the four that are there; false for one beyond an edge. Below the real axis
  /// the plane goes on as above it.
  template <class Take>
  void neighbours(std::size_t at, const Take& take) const {
    const std::size_t row = at / columns_, column = at % columns_;
    take(column > 0, at - 1);
    take(column + 1 < columns_, at + 1);
    take(row + 1 < rows_, at + columns_);
    if (row > 0) take(true, at - columns_);
  }

  [[nodiscard]] std::complex<double> point(std::size_t at) const {
    return {plane_.x[at % columns_], plane_.y[at / columns_]};
  }

 private:
  const Plane& plane_;
  std::size_t columns_, rows_;
};

/// How many steps each place is away from one of another number, or from an edge of the grid.
std::vector<std::size_t> depths(const Grid& grid) {
  std::vector<std::size_t> depth(grid.size(), 0), front;
  for (std::size_t at = 0; at < grid.size(); ++at) {
    bool border = false;
    grid.neighbours(
        at, [&](bool there, std::size_t next) { border = border || !there || !grid.alike(at, next); });
    if (!border) continue;
    depth[at] = 1;
    front.push_back(at);
  }
  for (std::size_t i = 0; i < front.size(); ++i)
    grid.neighbours(front[i], [&](bool there, std::size_t next) {
      if (!there || depth[next] != 0) return;
      depth[next] = depth[front[i]] + 1;
      front.push_back(next);
    });
  return depth;
}

}  // namespace

std::vector<PlaneRegion> plane_regions(const Plane& plane) {
  const Grid grid(plane);
  const std::vector<std::size_t> depth = depths(grid);
  std::vector<bool> seen(grid.size(), false);
  std::vector<PlaneRegion> regions;
  for (std::size_t start = 0; start < grid.size(); ++start) {
    if (seen[start] || !plane.winding_number[start]) continue;
    std::vector<std::size_t> members{start};
    seen[start] = true;
    std::size_t deepest = start;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (depth[members[i]] > depth[deepest]) deepest = members[i];
      grid.neighbours(members[i], [&](bool there, std::size_t next) {
        if (!there || seen[next] || !grid.alike(start, next)) return;
        seen[next] = true;
        members.push_back(next);
      });
    }
    regions.push_back({*plane.winding_number[start], members.size(), grid.point(deepest)});
  }
  std::ranges::stable_sort(regions, std::greater<>(), &PlaneRegion::points);
  return regions;
}

}  // namespace tmm::analysis
