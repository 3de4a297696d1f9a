// SPDX-License-Identifier: MIT
#include "analysis/index/winding_sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr int deepest = 48;  // bisections of a root arc in double precision: arc ends stay exact in a double

bool up(Complex v) {
  return v.imag() >= 0;
}
bool right(Complex v) {
  return v.real() > 0;
}

/// Half-turns that an edge adds: +1 for a counterclockwise crossing of the real axis, −1 for a clockwise one.
int hop(bool from_up, bool to_up, bool to_the_right) {
  if (from_up == to_up) return 0;
  return to_up == to_the_right ? 1 : -1;
}

double modulus(Complex z) {
  return std::sqrt(std::norm(z));
}

/// Upper bound over the arc of the largest eigenvalue of the Gram matrix of (cos kθ)_k, (sin kθ)_k, k < n:
/// (n + |sin nθ/sin θ|)/2.
double largest_gram_eigenvalue(const DyadicArc& arc, std::size_t n) {
  const double width = std::numbers::pi * std::ldexp(1.0, -arc.depth);
  const double start = static_cast<double>(arc.first) * width;
  const double sine = std::fmin(std::sin(start), std::sin(start + width)) * (1 - 1e-12);
  const auto size = static_cast<double>(n);
  return (size + (sine * size > 1 ? 1 / sine : size)) / 2 * (1 + 1e-12);
}

}  // namespace

void Sweep::lower_upper_bound(double bound, double theta) {
  if (bound < margin_upper_) {
    margin_upper_ = bound;
    closest_theta_ = theta;
  }
}

Leaf Sweep::try_arc(const Jet& t, const JetModuli& size, int depth, double error, const DyadicArc& arc) {
  ++tests_;
  const double centre = size[0], slope = size[1];
  double rest = 0;
  Complex odd = t[1], even = t[0];
  for (std::size_t m = 2; m < t.size(); ++m) {
    rest += size[m];
    (m % 2 == 0 ? even : odd) += t[m];
  }
  lower_upper_bound(centre + error, arc.middle());
  const double cross = t[1].real() * t[0].imag() - t[1].imag() * t[0].real();
  const double disc = centre - slope - rest;
  const double line = slope > 0 ? std::fabs(cross) / slope - rest : -1;

  Leaf leaf;
  leaf.arc = arc;
  leaf.entry = even - odd;
  leaf.exit = even + odd;
  leaf.error = error;
  leaf.line = line > disc;
  leaf.normal = leaf.line ? Complex(-t[1].imag(), t[1].real()) * (cross < 0 ? -1.0 : 1.0) : t[0];
  const double distance = std::fmax(disc, line);
  leaf.clearance = distance - error;
  leaf.settled = distance > 4 * error;
  // A settled arc may still be halved for the sake of a tight margin; that ends where E takes over.
  const bool tight =
      leaf.clearance >= (1 - options_.margin_tightness) * margin_upper_ || slope + rest <= error;
  const bool hopeless = slope + rest <= error || depth >= deepest || tests_ > 64 * roots_.size();
  leaf.halve = !(leaf.settled && tight) && !hopeless;
  return leaf;
}

void Sweep::settle_root(std::size_t j, const Jet& jet) {
  const JetModuli size = moduli(jet);
  const double error = jets_.error() + 192 * unit_roundoff * absolute_sum(size);
  const DyadicArc root{j, root_depth()};
  leaves_.assign(1, try_arc(jet, size, 0, error, root));
  if (leaves_.front().halve) {
    leaves_.clear();
    settle_halves(jet, {0, 0, root}, error);
  }
  settle_leaves(j, leaves_);
}

void Sweep::settle_halves(const Jet& jet, const Part& part, double error) {
  const double quarter = std::ldexp(0.5, -part.depth);
  for (const Part& half : {Part{part.s0 - quarter, part.depth + 1, part.arc.left_half()},
                           Part{part.s0 + quarter, part.depth + 1, part.arc.right_half()}}) {
    const Jet t = shift_jet(jet, half.s0, half.depth);
    const Leaf leaf = try_arc(t, moduli(t), half.depth, error, half.arc);
    if (leaf.halve)
      settle_halves(jet, half, error);
    else
      leaves_.push_back(leaf);
  }
}

/// Closes a root arc if all its leaves are settled and neighbours agree on their common end; else leaves it
/// open.
void Sweep::settle_leaves(std::size_t j, const std::vector<Leaf>& leaves) {
  bool settled = std::ranges::all_of(leaves, &Leaf::settled);
  for (std::size_t i = 1; settled && i < leaves.size(); ++i)
    settled = leaves[i - 1].clearance > leaves[i].error || leaves[i].clearance > leaves[i - 1].error;
  if (!settled) {
    open_[j] = leaves;
    return;
  }
  RootArc& root = roots_[j];
  root = {leaves.front().entry, leaves.back().exit, 0};
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const Leaf& leaf = leaves[i];
    if (i > 0) {  // both computed values of the common end lie in one of the two half-planes
      const Leaf& before = leaves[i - 1];
      const Leaf& host = before.clearance > leaf.error ? before : leaf;
      root.crossings += hop(up(before.exit), up(leaf.entry), right(host.normal));
    }
    root.crossings += hop(up(leaf.entry), up(leaf.exit), right(leaf.normal));
    margin_ = std::fmin(margin_, leaf.clearance);
    if (leaf.clearance <
        radius_ * std::sqrt(static_cast<double>(length_)))  // else the eigenvalue ≤ n changes nothing
      radius_ = std::fmin(radius_, leaf.clearance / std::sqrt(largest_gram_eigenvalue(leaf.arc, length_)));
    ++certificate_.arcs;
    ++(leaf.line ? certificate_.line_tests : certificate_.disc_tests);
    if (leaf.extended) ++certificate_.extended_arcs;
    certificate_.depth = std::max(certificate_.depth, leaf.arc.depth - root_depth());
  }
  if (options_.keep_arcs)
    for (const Leaf& leaf : leaves)
      kept_[j].push_back({leaf.arc.first, leaf.arc.depth, leaf.entry, leaf.exit, leaf.normal, leaf.clearance,
                          leaf.extended});
}

void Sweep::run_double() {
  certificate_.root_arcs = roots_.size();
  for (int pass = 0; pass < TaylorJets::passes; ++pass) {
    jets_.load(pass);
    const std::size_t count = roots_.size() / TaylorJets::passes;
    for (std::size_t l = 0; l < count;
         ++l) {  // a good upper bound first, so that few arcs are halved for the margin
      const double theta = (2 * static_cast<double>(jets_.arc(l)) + 1) * jets_.half_width();
      lower_upper_bound(modulus(jets_.centre(l)) * (1 + 4 * unit_roundoff) + jets_.error(), theta);
    }
    for (std::size_t l = 0; l < count; ++l) settle_root(jets_.arc(l), jets_.jet(l));
  }
}

/// Replaces an unsettled leaf by settled parts, as far as `bits` of precision allow.
std::vector<Leaf> Sweep::refine_in_balls(const Leaf& leaf, const DyadicArc& frame, int bits,
                                         std::size_t budget) {
  std::vector<Leaf> parts;
  std::vector<DyadicArc> stack{leaf.arc};
  while (!stack.empty()) {
    const DyadicArc arc = stack.back();
    stack.pop_back();
    Leaf part;
    part.arc = arc;
    part.extended = true;
    if (ball_tests_ < budget) {
      ++ball_tests_;
      const BallArc ball = test_arc_in_balls(taps_, arc, frame, bits, rest_);
      lower_upper_bound(ball.upper_bound, arc.middle());
      const bool loose = ball.settled && ball.clearance < (1 - options_.margin_tightness) * margin_upper_ &&
                         ball.error < 0.1 * options_.margin_tightness * ball.clearance;
      if ((ball.refine || loose) && arc.depth < 62) {
        stack.push_back(arc.right_half());
        stack.push_back(arc.left_half());
        continue;
      }
      part.settled = ball.settled;
      part.line = ball.line;
      part.entry = ball.entry;
      part.exit = ball.exit;
      part.normal = ball.normal;
      part.clearance = ball.clearance;
      part.error = ball.error;
      certificate_.bits = std::max(certificate_.bits, bits);
    }
    parts.push_back(part);
  }
  return parts;
}

std::size_t Sweep::run_in_balls(int bits, std::size_t budget) {
  const std::size_t before = ball_tests_;
  budget += before;
  const auto open = std::exchange(open_, {});
  for (const auto& [j, leaves] : open) {
    const DyadicArc frame{j, root_depth()};
    std::vector<Leaf> next;
    for (const Leaf& leaf : leaves) {
      const std::vector<Leaf> parts =
          leaf.settled ? std::vector{leaf} : refine_in_balls(leaf, frame, bits, budget);
      next.insert(next.end(), parts.begin(), parts.end());
    }
    settle_leaves(j, next);
  }
  return ball_tests_ - before;
}

std::vector<DyadicArc> Sweep::suspects() const {
  std::vector<DyadicArc> arcs;
  for (const auto& [j, leaves] : open_)
    for (const Leaf& leaf : leaves)
      if (!leaf.settled) arcs.push_back(leaf.arc);
  return arcs;
}

std::int64_t Sweep::half_turns() const {
  // a(1) and a(−1) are real and within the sectors of the first and last computed values, turned back by ch.
  const Complex turn = std::polar(1.0, jets_.turn());
  const bool positive_at_one = (roots_.front().entry * std::conj(turn)).real() > 0;
  const bool positive_at_minus_one = (roots_.back().exit * turn).real() > 0;
  std::int64_t crossings = hop(true, up(roots_.front().entry), positive_at_one);
  for (std::size_t j = 0; j < roots_.size(); ++j) {
    if (j > 0) crossings += hop(up(roots_[j - 1].exit), up(roots_[j].entry), right(roots_[j].entry));
    crossings += roots_[j].crossings;
  }
  crossings += hop(up(roots_.back().exit), true, positive_at_minus_one);
  return crossings + (positive_at_minus_one ? 0 : 1) - (positive_at_one ? 0 : 1);
}

WindingCertificate Sweep::take_certificate() {
  for (auto& [j, arcs] : kept_) certificate_.path.insert(certificate_.path.end(), arcs.begin(), arcs.end());
  return std::move(certificate_);
}

}  // namespace tmm::analysis
