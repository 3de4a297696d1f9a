// SPDX-License-Identifier: MIT
#include "analysis/symbol/maximum_search.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <vector>

#include "analysis/symbol/taylor_jets.hpp"

namespace tmm::analysis {
namespace {

constexpr double enough = 0x1p-46;
constexpr std::size_t fewest_halvings = 4096;

/// A part of an arc: the expansion on it, what it is off by, and a bound of |a|.
struct Part {
  Jet jet;
  double error, upper;

  friend bool operator<(const Part& a, const Part& b) { return a.upper < b.upper; }
};

/// |t_0 + t_1 s|² ≤ |t_0|² + 2|Re(t_0 conj t_1)| + |t_1|² for real |s| ≤ 1.
double upper_bound(const Jet& t, double error) {
  const double slope = std::fabs(t[0].real() * t[1].real() + t[0].imag() * t[1].imag());
  double rest = 0;
  for (std::size_t m = 2; m < t.size(); ++m) rest += std::abs(t[m]);
  const double square = std::norm(t[0]) + 2 * slope + std::norm(t[1]);
  // The cross term may have lost what its two products have more than their sum.
  const double lost = 4 * unit_roundoff * std::abs(t[0]) * std::abs(t[1]);
  return (std::sqrt(square + lost) + rest) * (1 + 32 * unit_roundoff) + error;
}

class Search {
 public:
  Search(double lower, double upper) : lower_(lower), dismissed_(0), upper_(upper) {}

  void add(const Jet& jet, double error) {
    const Part part{jet, error, upper_bound(jet, error)};
    lower_ = std::max(lower_, std::abs(jet[0]) * (1 - 8 * unit_roundoff) - error);
    if (is_open(part))
      open_.push(part);
    else
      dismissed_ = std::max(dismissed_, part.upper);
  }

  void halve(std::size_t most) {
    for (std::size_t count = 0; count < most && !open_.empty(); ++count) {
      const Part part = open_.top();
      open_.pop();
      if (!is_open(part)) {
        dismissed_ = std::max(dismissed_, part.upper);
        continue;
      }
      for (const double middle : {-0.5, 0.5}) {
        const Jet half = shift_jet(part.jet, middle, 1);
        add(half, part.error + 192 * unit_roundoff * absolute_sum(part.jet));
      }
    }
  }

  [[nodiscard]] double lower() const { return lower_; }
  [[nodiscard]] double upper() const {
    const double largest = open_.empty() ? dismissed_ : std::max(dismissed_, open_.top().upper);
    return std::min(upper_, std::max(largest, lower_));
  }

 private:
  // Whether halves would tell more: not where the errors are all that is left.
  [[nodiscard]] bool is_open(const Part& part) const {
    return part.upper - 2 * part.error > lower_ * (1 + enough);
  }

  double lower_, dismissed_, upper_;
  std::priority_queue<Part> open_;
};

}  // namespace

SymbolMaximum refined_symbol_maximum(std::span<const double> taps) {
  SymbolMaximum maximum = symbol_maximum(taps);
  if (taps.size() < 2 || maximum.scaled_upper == 0) return maximum;
  std::vector<double> scaled(taps.begin(), taps.end());
  for (double& w : scaled) w = std::ldexp(w, -maximum.exponent);
  TaylorJets jets(scaled);
  // What underflowed in scaling is below 2^−1074 each.
  const double error = jets.error() + 0x1p-1000;
  Search search(maximum.scaled_lower, maximum.scaled_upper);
  for (int pass = 0; pass < TaylorJets::passes; ++pass) {
    jets.load(pass);
    for (std::size_t l = 0; l < jets.root_arcs() / TaylorJets::passes; ++l) search.add(jets.jet(l), error);
  }
  search.halve(std::max(fewest_halvings, jets.root_arcs()));
  maximum.scaled_lower = search.lower();
  maximum.scaled_upper = search.upper();
  maximum.lower = scale_down(maximum.scaled_lower, maximum.exponent);
  maximum.upper = scale_up(maximum.scaled_upper, maximum.exponent);
  return maximum;
}

}  // namespace tmm::analysis
