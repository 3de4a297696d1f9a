// SPDX-License-Identifier: MIT
#include "analysis/symbol/zeros.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "analysis/symbol/ball_zeros.hpp"
#include "analysis/symbol/graded_zeros.hpp"
#include "analysis/symbol/repulsion.hpp"
#include "analysis/symbol/roots_of_unity.hpp"
#include "analysis/symbol/symbol_evaluator.hpp"
#include "analysis/symbol/zero_discs.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr int most_sweeps = 100;

/// Bini's starting points: the upper convex hull of (k, ln|w_k|) gives the moduli, equal angles the rest.
std::vector<Complex> starting_points(std::span<const double> w) {
  std::vector<std::size_t> hull;
  const auto height = [&](std::size_t k) { return w[k] == 0 ? -1e300 : std::log(std::fabs(w[k])); };
  const auto slope = [&](std::size_t i, std::size_t k) {
    return (height(k) - height(i)) / static_cast<double>(k - i);
  };
  for (std::size_t k = 0; k < w.size(); ++k) {
    if (w[k] == 0) continue;
    while (hull.size() >= 2 && slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), k))
      hull.pop_back();
    hull.push_back(k);
  }
  std::vector<Complex> points;
  for (std::size_t i = 1; i < hull.size(); ++i) {
    const std::size_t count = hull[i] - hull[i - 1];
    const double modulus = std::exp(-slope(hull[i - 1], hull[i]));
    for (std::size_t j = 0; j < count; ++j) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(count) +
                           2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(w.size()) +
                           0.7;
      points.push_back(std::polar(modulus, angle));
    }
  }
  return points;
}

/// |x| ≤ factor·|z|; the squares tell most cases without a root.
bool is_small(Complex x, double factor, Complex z) {
  const double square = std::norm(x), limit = factor * factor * std::norm(z);
  if (std::isnormal(limit) && square > limit * (1 + 1e-14)) return false;
  return std::abs(x) <= factor * std::abs(z);
}

/// Iterates until every point rests; true if they all did.
bool iterate(const SymbolEvaluator& evaluator, std::vector<Complex>& z) {
  const std::size_t count = z.size();
  std::vector<double> re(count), im(count);
  std::vector<Complex> moving, correction, sum;
  std::vector<std::size_t> index;
  std::vector<char> resting(count, 0), tiny;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    index.clear();
    moving.clear();
    for (std::size_t i = 0; i < count; ++i) {
      re[i] = z[i].real();
      im[i] = z[i].imag();
      if (!resting[i]) index.push_back(i), moving.push_back(z[i]);
    }
    if (index.empty()) return true;
    correction.assign(index.size(), 0);
    tiny.assign(index.size(), 0);
    sum.resize(index.size());
    evaluator.corrections(moving, correction, tiny);
    repulsion(re, im, index, sum);
    for (std::size_t m = 0; m < index.size(); ++m) {
      const std::size_t i = index[m];
      const Complex step = times(correction[m], reciprocal(1.0 - times(correction[m], sum[m])));
      if (std::isfinite(step.real()) && std::isfinite(step.imag())) z[i] -= step;
      resting[i] = tiny[m] || is_small(step, 4 * unit_roundoff, z[i]);
    }
  }
  return std::ranges::all_of(resting, [](char rests) { return rests != 0; });
}

/// Real coefficients: makes conjugate partners exact conjugates and snaps lone points to the real axis. A
/// point with neither a partner nor the axis within reach stays as it is.
void pair_conjugates(std::vector<Complex>& z) {
  std::ranges::sort(z, [](Complex a, Complex b) { return std::norm(a) < std::norm(b); });
  std::vector<char> done(z.size(), 0);
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (done[i]) continue;
    done[i] = 1;
    const double reach = 1e-6 * std::abs(z[i]);
    std::size_t best = i;
    double distance = std::fabs(2 * z[i].imag());  // its own mirror image
    for (std::size_t j = i + 1; j < z.size() && std::abs(z[j]) - std::abs(z[i]) <= reach; ++j)
      if (!done[j] && std::abs(z[j] - std::conj(z[i])) < std::fmin(distance, reach)) {
        best = j;
        distance = std::abs(z[j] - std::conj(z[i]));
      }
    if (best != i) {
      done[best] = 1;
      z[best] = std::conj(z[i]);
    } else if (distance <= reach) {
      z[i] = z[i].real();
    }
  }
}

/// Whether double precision will do: no coefficient lost in scaling, and at the modulus of each zero the
/// largest term stands out from the rounding error of the largest coefficient.
bool is_moderate(std::span<const double> w, std::span<const Complex> points) {
  constexpr double least_coefficient = 1e-280, least_term = 1e-13, farthest = 1e140;
  for (const double c : w)
    if (c != 0 && std::fabs(c) < least_coefficient) return false;
  double known = -1;
  for (const Complex& point : points) {
    const double modulus = std::abs(point);
    if (std::fabs(modulus - known) <= 1e-12 * modulus) continue;
    if (!(modulus < farthest && modulus > 1 / farthest)) return false;
    known = modulus;
    const bool outside = modulus > 1;
    const double x = outside ? 1 / modulus : modulus;
    double power = 1, largest = 0;
    for (std::size_t k = 0; k < w.size() && largest < least_term; ++k, power *= x)
      largest = std::fmax(largest, power * std::fabs(outside ? w[w.size() - 1 - k] : w[k]));
    if (largest < least_term) return false;
  }
  return true;
}

/// All zeros in double precision, or nothing if their discs are not proven to be isolated. The test takes
/// discs with twice the rounding errors and twice the radius: where they are disjoint, each holds exactly one
/// zero ζ (Laguerre), 1/(z − ζ) differs from a'/a by less than half of it, and |z − ζ| ≤ 2|a/a'|.
std::optional<std::vector<Zero>> isolated_zeros(const SymbolEvaluator& evaluator, std::vector<Complex> z) {
  if (!iterate(evaluator, z)) return std::nullopt;
  pair_conjugates(z);
  std::ranges::sort(z, [](Complex a, Complex b) {
    return std::norm(a) != std::norm(b) ? std::norm(a) < std::norm(b) : a.imag() < b.imag();
  });
  const auto degree = static_cast<double>(z.size());
  std::vector<ZeroDisc> discs;
  std::vector<Zero> zeros;
  std::size_t upper = 0, lower = 0;
  const std::vector<SymbolEvaluator::InclusionRadius> radii = evaluator.inclusion_radii(z);
  for (std::size_t i = 0; i < z.size(); ++i) {
    const Complex point = z[i];
    const double careful = radii[i].careful;
    if (!(careful <= 0.25 * std::abs(point))) return std::nullopt;
    discs.push_back({{point.real(), point.imag()}, 2 * careful});
    Zero zero{point, radii[i].usual};
    if (degree > 1 && degree < 4) zero.radius = std::fmax(zero.radius, 2 * careful / degree);
    const long double modulus = std::abs(std::complex<long double>(point.real(), point.imag()));
    zero.least_modulus = (modulus - zero.radius) * (1 - 0x1p-60L);
    zero.most_modulus = (modulus + zero.radius) * (1 + 0x1p-60L);
    zeros.push_back(zero);
    upper += point.imag() > 0 ? 1 : 0;
    lower += point.imag() < 0 ? 1 : 0;
  }
  const std::vector<std::size_t> components = connected_components(discs);
  if (!components.empty() && std::ranges::max(components) + 1 != z.size()) return std::nullopt;
  const auto is_paired = [&](const Zero& zero) {
    // Equal moduli are neighbours in the order.
    const double norm = std::norm(zero.z);
    auto other = std::ranges::lower_bound(zeros, norm, {}, [](const Zero& one) { return std::norm(one.z); });
    while (other != zeros.end() && std::norm(other->z) == norm && other->z != std::conj(zero.z)) ++other;
    return other != zeros.end() && other->z == std::conj(zero.z);
  };
  if (upper != lower || !std::ranges::all_of(zeros, is_paired)) return std::nullopt;
  return zeros;
}

/// The same in long double and, where discs still overlap, in balls.
std::vector<Zero> graded_or_crowded_zeros(std::span<const double> taps) {
  const std::vector<long double> coefficients(taps.begin(), taps.end());
  const std::vector<std::complex<long double>> approximations = graded_zeros(coefficients);
  std::vector<ZeroDisc> discs = smith_discs(coefficients, approximations);
  const std::vector<std::size_t> components = connected_components(discs);
  if (std::ranges::max(components) + 1 != discs.size())
    if (auto separated = ball_zeros(taps, discs)) discs = std::move(*separated);
  return zeros_from_discs(discs);
}

}  // namespace

Zeros symbol_zeros(std::span<const double> taps) {
  if (taps.empty()) throw ArgumentError("a symbol needs at least one weight");
  if (!std::ranges::all_of(taps, [](double w) { return std::isfinite(w); }))
    throw ArgumentError("zeros of a symbol with a weight that is not finite");
  Zeros result;
  const auto nonzero = [](double w) { return w != 0; };
  const auto first = std::ranges::find_if(taps, nonzero);
  if (first == taps.end()) return result;
  const auto last = std::find_if(taps.rbegin(), taps.rend(), nonzero).base();
  result.at_origin = static_cast<std::size_t>(first - taps.begin());
  result.inside = result.at_origin;
  result.converged = true;
  if (last - first == 1) return result;

  double largest = 0;
  for (const double w : taps) largest = std::fmax(largest, std::fabs(w));
  std::vector<double> w(first, last);
  for (double& c : w) c /= largest;
  const std::vector<Complex> start = starting_points(w);
  std::optional<std::vector<Zero>> isolated;
  if (start.size() + 1 == w.size() && is_moderate(w, start))
    isolated = isolated_zeros(SymbolEvaluator(w), start);
  result.zeros = isolated ? std::move(*isolated) : graded_or_crowded_zeros({first, last});
  for (const Zero& zero : result.zeros) {
    if (std::abs(zero.z) < 1) ++result.inside;
    if (zero.least_modulus <= 1 && zero.most_modulus >= 1) ++result.unclear;
  }
  return result;
}

}  // namespace tmm::analysis
