// SPDX-License-Identifier: MIT
#include "analysis/index/certificate_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "analysis/index/ball_arc.hpp"

namespace tmm::analysis {
namespace {

constexpr int check_bits = 192;

/// True if `next` begins where `arc` ends: (first + 1)/2^depth = first'/2^depth'.
bool adjacent(const SettledArc& arc, const SettledArc& next) {
  const int depth = std::max(arc.depth, next.depth);
  return (arc.first + 1) << (depth - arc.depth) == next.first << (depth - next.depth);
}

double turned(std::complex<double> from, std::complex<double> to) {
  return std::arg(to * std::conj(from) / std::norm(from));
}

std::string check_arc(std::span<const double> taps, const SettledArc& arc, const DyadicArc& frame) {
  const HalfPlaneBound bound =
      bound_in_half_plane(taps, {arc.first, arc.depth}, frame, arc.normal, check_bits);
  const double theta = DyadicArc{arc.first, arc.depth}.middle();
  if (!(arc.lower_bound > 0)) return fmt::format("no lower bound at θ = {:.9g}", theta);
  if (!(bound.clearance >= arc.lower_bound))
    return fmt::format("the curve is not as far from 0 as claimed at θ = {:.9g}: {:.9g} < {:.9g}", theta,
                       bound.clearance, arc.lower_bound);
  const double off =
      std::fmax(std::abs(bound.entry - arc.entry), std::abs(bound.exit - arc.exit)) + bound.error;
  if (!(off < arc.lower_bound))
    return fmt::format("an end value is wrong by {:.3g} at θ = {:.9g}", off, theta);
  return {};
}

}  // namespace

std::string find_fault(std::span<const double> taps, const Winding& winding) {
  const auto& path = winding.certificate.path;
  const auto nonzero = [](double w) { return w != 0; };
  const auto first = std::ranges::find_if(taps, nonzero);
  const auto last = std::find_if(taps.rbegin(), taps.rend(), nonzero).base();
  if (first == taps.end()) return "the symbol is zero";
  const auto leading = first - taps.begin();
  if (last - first == 1) return winding.number == leading ? "" : "the symbol is a monomial of another degree";
  if (path.empty()) return "no arcs were kept";
  if (path.front().first != 0) return "the arcs do not begin at θ = 0";
  if (path.back().first + 1 != std::uint64_t{1} << path.back().depth) return "the arcs do not end at θ = π";

  const std::span<const double> stripped(first, last);
  const int root_depth = static_cast<int>(std::bit_width(winding.certificate.root_arcs)) - 1;
  const double turn =
      std::numbers::pi * std::ldexp(1.0, -root_depth) * static_cast<double>(stripped.size() - 1) / 2;
  double angle = 0, margin = HUGE_VAL;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const DyadicArc frame{path[i].first >> (path[i].depth - root_depth), root_depth};
    if (i > 0) {
      if (!adjacent(path[i - 1], path[i])) return fmt::format("a gap or overlap after arc {}", i - 1);
      const bool same_frame = path[i - 1].first >> (path[i - 1].depth - root_depth) == frame.first;
      const std::complex<double> rotation = std::polar(1.0, same_frame ? 0.0 : turn);
      angle += turned(path[i - 1].exit * rotation, path[i].entry) + std::arg(rotation);
    }
    if (std::string fault = check_arc(stripped, path[i], frame); !fault.empty()) return fault;
    angle += turned(path[i].entry, path[i].exit);
    margin = std::fmin(margin, path[i].lower_bound);
  }
  // From the real axis into the first frame, and out of the last one.
  const std::complex<double> half = std::polar(1.0, turn / 2);
  const auto real_start = std::complex<double>((path.front().entry * std::conj(half)).real(), 0);
  const auto real_end = std::complex<double>((path.back().exit * half).real(), 0);
  angle += turned(real_start * half, path.front().entry) + turn / 2;
  angle += turned(path.back().exit, real_end * std::conj(half)) + turn / 2;
  const double count = angle / std::numbers::pi + static_cast<double>(leading);
  if (std::fabs(count - static_cast<double>(winding.number)) > 1e-6)
    return fmt::format("the arguments add up to {:.9g}, not {}", count, winding.number);
  if (winding.margin > margin) return "the margin is larger than the arcs prove";
  return {};
}

}  // namespace tmm::analysis
