// SPDX-License-Identifier: MIT
#include "analysis/index/jensen.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/symbol/taylor_jets.hpp"
#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t half_nodes = 8;
constexpr int deepest = 48;

struct Rule {
  std::array<double, half_nodes> node, weight;  // symmetric, the positive half
};

/// Gauss–Legendre nodes by Newton's method on P_16.
Rule gauss_legendre() {
  Rule rule{};
  constexpr int n = 2 * half_nodes;
  for (std::size_t i = 0; i < half_nodes; ++i) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5)), slope = 1;
    for (int step = 0; step < 8; ++step) {
      double p = 1, q = 0;
      for (int k = 1; k <= n; ++k) {
        const double next = ((2 * k - 1) * x * p - (k - 1) * q) / k;
        q = p;
        p = next;
      }
      slope = n * (x * p - q) / (x * x - 1);
      x -= p / slope;
    }
    rule.node[i] = x;
    rule.weight[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return rule;
}

/// |t(s)|² at the nodes and at their mirror images. The clones only widen the vectors.
struct alignas(64) Squares {
  std::array<double, half_nodes> plus{}, minus{};
};
TMM_CLONES("avx512f", "avx2", "default")
void squares_at_nodes(const Jet& t, const Rule& rule, Squares& squares) {
  static_assert(jet_order % 2 == 0);
  alignas(64) std::array<double, half_nodes> even_re{}, even_im{}, odd_re{}, odd_im{};
  for (std::size_t m = jet_order; m >= 2; m -= 2) {
    const double er = t[m].real(), ei = t[m].imag();
    const double dr = m >= 3 ? t[m - 1].real() : 0, di = m >= 3 ? t[m - 1].imag() : 0;
    TMM_INDEPENDENT
    for (std::size_t i = 0; i < half_nodes; ++i) {
      const double xx = rule.node[i] * rule.node[i], next = m >= 3 ? xx : 1;
      even_re[i] = (even_re[i] + er) * xx;
      even_im[i] = (even_im[i] + ei) * xx;
      odd_re[i] = (odd_re[i] + dr) * next;
      odd_im[i] = (odd_im[i] + di) * next;
    }
  }
  TMM_INDEPENDENT
  for (std::size_t i = 0; i < half_nodes; ++i) {
    const double x = rule.node[i], ar = even_re[i] + t[0].real(), ai = even_im[i] + t[0].imag();
    const double br = (odd_re[i] + t[1].real()) * x, bi = (odd_im[i] + t[1].imag()) * x;
    squares.plus[i] = (ar + br) * (ar + br) + (ai + bi) * (ai + bi);
    squares.minus[i] = (ar - br) * (ar - br) + (ai - bi) * (ai - bi);
  }
}

/// ½ ∫_{−1}^{1} ln|t(s)| ds.
double mean_on_arc(const Jet& t, const Rule& rule) {
  Squares squares;
  squares_at_nodes(t, rule, squares);
  double sum = 0;
  for (std::size_t i = 0; i < half_nodes; ++i)
    sum += rule.weight[i] * (std::log(squares.plus[i]) + std::log(squares.minus[i]));
  return sum / 4;
}

struct Sum {
  double value = 0, error = 0;  // of the mean over one root arc, times the number of root arcs so far
};

struct Part {
  double s0;
  int depth;
};

/// Adds a part of a root arc; true analyticity test at |s| ≤ 1.8: Σ_{m≥1}|t_m| 1.8^m ≤ 0.9|t_0|.
void add_part(Sum& sum, const Jet& jet, const Jet& t, const JetModuli& size, const Part& part, double error,
              const Rule& rule) {
  const double centre = size[0], width = std::ldexp(1.0, -part.depth);
  double reach = 0, power = 1;
  for (std::size_t m = 1; m < t.size(); ++m) reach += size[m] * (power *= 1.8);
  if (reach <= 0.9 * centre) {
    sum.value += width * mean_on_arc(t, rule);
    sum.error += width * 2 * error / centre;  // |t| ≥ |t₀|/2 on |s| ≤ 1
    return;
  }
  if (part.depth >= deepest || reach <= error) {
    // A zero within rounding of the circle: the integrable singularity adds at most width·(|ln| + 1) of
    // what is there.
    const double level = std::log(std::fmax(centre, error));
    sum.value += width * level;
    sum.error += width * (std::fabs(level) + 50);
    return;
  }
  for (const Part& half :
       {Part{part.s0 + width / 2, part.depth + 1}, Part{part.s0 - width / 2, part.depth + 1}}) {
    const Jet shifted = shift_jet(jet, half.s0, half.depth);
    add_part(sum, jet, shifted, moduli(shifted), half, error, rule);
  }
}

/// Adds one root arc.
void add_arc(Sum& sum, const Jet& jet, double jet_error, const Rule& rule) {
  const JetModuli size = moduli(jet);
  add_part(sum, jet, jet, size, {0, 0}, jet_error + 192 * unit_roundoff * absolute_sum(size), rule);
}

}  // namespace

Measure mean_log_modulus(std::span<const double> taps) {
  const auto nonzero = [](double w) { return w != 0; };
  const auto first = std::ranges::find_if(taps, nonzero);
  if (first == taps.end()) return Measure::not_defined("all weights are zero");
  const auto last = std::find_if(taps.rbegin(), taps.rend(), nonzero).base();
  double largest = 0;
  for (const double w : taps) largest = std::fmax(largest, std::fabs(w));
  const int exponent = std::ilogb(largest) + 1;
  std::vector<double> scaled(first, last);
  for (double& w : scaled) w = std::ldexp(w, -exponent);
  const double shift = exponent * std::numbers::ln2;
  const std::string method = "Gauss-Legendre quadrature on arcs";
  if (scaled.size() == 1)
    return {std::log(std::fabs(scaled[0])) + shift, Status::numerical, 4e-16 * (1 + std::fabs(shift)),
            method};

  static const Rule rule = gauss_legendre();
  TaylorJets jets(scaled);
  double mean = 0, error = 0;
  const auto arcs = static_cast<double>(jets.root_arcs());
  for (int pass = 0; pass < TaylorJets::passes; ++pass) {
    jets.load(pass);
    Sum sum;
    for (std::size_t l = 0; l < jets.root_arcs() / TaylorJets::passes; ++l)
      add_arc(sum, jets.jet(l), jets.error(), rule);
    mean += sum.value / arcs;
    error += sum.error / arcs;
  }
  // Quadrature, logarithms, and the summation of √arcs-like error growth, generously.
  error += 1e-15 + 8 * unit_roundoff * std::sqrt(arcs) * (1 + std::fabs(mean)) +
           4 * unit_roundoff * std::fabs(shift);
  return {mean + shift, Status::numerical, error, method};
}

JensenDefect jensen_defect(std::span<const double> taps, const Winding& winding, const Zeros* zeros) {
  JensenDefect result;
  if (std::ranges::all_of(taps, [](double w) { return w == 0; })) {
    result.value = result.by_quadrature = Measure::not_defined("all weights are zero");
    return result;
  }
  if (taps[0] == 0) {
    result.value =
        result.by_quadrature = {std::numeric_limits<double>::infinity(), Status::certified, 0, "w_0 = 0"};
    return result;
  }
  const Measure mean = mean_log_modulus(taps);
  const double log_first = std::log(std::fabs(taps[0]));
  const double rounding = 4 * unit_roundoff * (std::fabs(log_first) + std::fabs(mean.value));
  result.by_quadrature = {mean.value - log_first, Status::numerical, mean.error + rounding, mean.method};
  result.value = result.by_quadrature;
  if (zeros != nullptr && zeros->converged) {
    double sum = 0, error = 0;
    for (const Zero& zero : zeros->zeros) {
      if (zero.least_modulus >= 1) continue;
      const double modulus = std::abs(zero.z);
      if (modulus > 0x1p-1000) {
        // ln⁺(1/|z|) changes by at most radius/(|z| − radius) within the disc.
        sum += modulus < 1 ? -std::log(modulus) : 0;
        error += zero.radius < modulus ? zero.radius / (modulus - zero.radius) : HUGE_VAL;
      } else {  // at the end of the double range and beyond
        const long double most = -std::log(zero.least_modulus);
        const long double least = std::fmax(-std::log(zero.most_modulus), 0.0L);
        sum += static_cast<double>((most + least) / 2);
        error += static_cast<double>((most - least) / 2) + 0x1p-52 * static_cast<double>(most);
      }
    }
    result.by_zeros = Measure{sum, Status::numerical, error + 1e-15 * (1 + sum), "zeros of the symbol"};
    result.agree = std::fabs(result.by_zeros->value - result.by_quadrature.value) <=
                   result.by_zeros->error + result.by_quadrature.error;
    if (result.by_zeros->error < result.by_quadrature.error) result.value = *result.by_zeros;
    if (!result.agree) result.value = Measure::undecided("the two sides of Jensen's formula differ");
  }
  if (winding.status == IndexStatus::certified && winding.number == 0)
    result.value = {0, Status::certified, 0, "no zero in the disc (winding number 0)"};
  return result;
}

}  // namespace tmm::analysis
