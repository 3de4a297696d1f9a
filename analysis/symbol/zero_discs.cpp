// SPDX-License-Identifier: MIT
#include "analysis/symbol/zero_discs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace tmm::analysis {
namespace {

using Complex = std::complex<long double>;

constexpr long double outward = 1 + 0x1p-60L;  // covers the few roundings of one formula

/// Disjoint sets of disc numbers.
class Partition {
 public:
  explicit Partition(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0U); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  bool join(std::size_t i, std::size_t j) {
    i = find(i), j = find(j);
    parent_[std::max(i, j)] = std::min(i, j);
    return i != j;
  }

 private:
  std::vector<std::size_t> parent_;
};

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// Joins discs that meet; pairs (i, j), i = j included, for which disc j meets the mirror image of disc i.
Partition join_meeting(std::span<const ZeroDisc> discs, Pairs* mirrored) {
  const std::size_t count = discs.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<long double> left(count);
  std::ranges::transform(discs, left.begin(),
                         [](const ZeroDisc& disc) { return disc.z.real() - disc.radius; });
  std::ranges::sort(order, {}, [&](std::size_t i) { return left[i]; });
  Partition partition(count);
  for (std::size_t a = 0; a < count; ++a) {
    const ZeroDisc& one = discs[order[a]];
    const long double right = (one.z.real() + one.radius) + 0x1p-60L * std::fabs(one.z.real());
    for (std::size_t b = a; b < count; ++b) {
      const ZeroDisc& other = discs[order[b]];
      if (left[order[b]] > right) break;
      const long double reach = (one.radius + other.radius) * outward;
      if (std::fabs(std::fabs(one.z.imag()) - std::fabs(other.z.imag())) > reach) continue;
      if (b != a && !(std::abs(one.z - other.z) > reach)) partition.join(order[a], order[b]);
      if (mirrored != nullptr && !(std::abs(one.z - std::conj(other.z)) > reach))
        mirrored->emplace_back(order[a], order[b]);
    }
  }
  return partition;
}

/// Joins components until the mirror image of each meets exactly one; image[c] is that one.
std::vector<std::size_t> match_images(Partition& partition, const Pairs& mirrored, std::size_t count) {
  std::vector<std::size_t> image(count, count);
  for (bool changed = true; changed;) {
    changed = false;
    std::ranges::fill(image, count);
    const auto meet = [&](std::size_t i, std::size_t j) {
      std::size_t& known = image[partition.find(i)];
      if (known == count)
        known = partition.find(j);
      else
        changed = partition.join(known, j) || changed;
    };
    for (const auto& [i, j] : mirrored) meet(i, j), meet(j, i);
  }
  return image;
}

/// As many points as `members`, symmetric about the real axis and near them.
std::vector<Complex> symmetric_points(std::vector<Complex> members) {
  std::ranges::sort(members, {}, [](Complex z) { return z.imag(); });
  std::vector<Complex> points;
  std::size_t low = 0, high = members.size();
  // The outermost of the side with fewer members, and its mirror image, stand for one of either side.
  while (high - low >= 2 && members[low].imag() < 0 && members[high - 1].imag() > 0) {
    const Complex z = members[--high];
    ++low;
    points.push_back(z);
    points.push_back(std::conj(z));
  }
  for (; low < high; ++low) points.emplace_back(members[low].real());
  return points;
}

double upwards(long double x) {
  const auto rounded = static_cast<double>(x);
  return static_cast<long double>(rounded) < x
             ? std::nextafter(rounded, std::numeric_limits<double>::infinity())
             : rounded;
}

/// z in double precision with the rounding in its radius. Beyond the double range: the largest double in that
/// direction and an infinite radius.
Zero rounded(Complex z, long double radius) {
  constexpr long double largest = std::numeric_limits<double>::max();
  const long double modulus = std::abs(z);
  Zero zero;
  if (!(modulus <= largest)) {
    const Complex direction = z / modulus * (largest * (1 - 0x1p-52L));
    zero.z = {static_cast<double>(direction.real()), static_cast<double>(direction.imag())};
    zero.radius = std::numeric_limits<double>::infinity();
  } else {
    zero.z = {static_cast<double>(z.real()) + 0.0, static_cast<double>(z.imag()) + 0.0};  // no −0
    const Complex change = z - Complex(zero.z.real(), zero.z.imag());
    zero.radius = upwards((radius + std::abs(change)) * outward);
  }
  return zero;
}

/// The zeros of one component, or of it and its mirror image if that is another one.
void add_component(std::vector<Zero>& zeros, const std::vector<const ZeroDisc*>& members, bool own_image) {
  std::vector<Complex> points;
  long double least = std::numeric_limits<long double>::infinity(), most = 0;
  for (const ZeroDisc* disc : members) {
    points.push_back(disc->z);
    const long double modulus = std::abs(disc->z);
    least = std::fmin(least, (modulus - disc->radius) - 0x1p-60L * modulus);
    most = std::fmax(most, (modulus + disc->radius) * outward);
  }
  if (own_image) points = symmetric_points(std::move(points));
  for (const Complex& z : points) {
    long double radius = 0;
    for (const ZeroDisc* disc : members) radius = std::fmax(radius, std::abs(z - disc->z) + disc->radius);
    // On the real axis the distance to a zero there is no larger than from the disc's own centre.
    if (members.size() == 1) radius = members.front()->radius;
    Zero zero = rounded(z, radius * outward);
    zero.together = members.size();
    zero.least_modulus = std::fmax(least, 0.0L);
    zero.most_modulus = most;
    zeros.push_back(zero);
    if (own_image) continue;
    zero.z = std::conj(zero.z);
    zeros.push_back(zero);
  }
}

}  // namespace

std::vector<std::size_t> connected_components(std::span<const ZeroDisc> discs) {
  Partition partition = join_meeting(discs, nullptr);
  std::vector<std::size_t> number(discs.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < discs.size(); ++i)
    number[i] = partition.find(i) == i ? next++ : number[partition.find(i)];
  return number;
}

std::vector<Zero> zeros_from_discs(std::span<const ZeroDisc> discs) {
  Pairs mirrored;
  const std::size_t count = discs.size();
  Partition partition = join_meeting(discs, &mirrored);
  std::vector<std::size_t> image = match_images(partition, mirrored, count);
  std::vector<std::vector<const ZeroDisc*>> members(count);
  for (std::size_t i = 0; i < count; ++i) members[partition.find(i)].push_back(&discs[i]);
  std::vector<Zero> zeros;
  for (std::size_t c = 0; c < count; ++c) {
    if (members[c].empty()) continue;
    const bool own_image =
        image[c] == c || image[c] == count || members[image[c]].size() != members[c].size();
    if (!own_image && members[c].front()->z.imag() < 0) continue;
    add_component(zeros, members[c], own_image);
  }
  std::ranges::sort(zeros, [](const Zero& a, const Zero& b) {
    const double one = std::abs(a.z), other = std::abs(b.z);
    return one != other ? one < other : a.z.imag() < b.z.imag();
  });
  return zeros;
}

}  // namespace tmm::analysis
