// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_evaluator.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/symbol/roots_of_unity.hpp"
#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr std::size_t lanes = 16;

/// Values of a polynomial and its derivative at `lanes` points.
struct alignas(64) Batch {
  std::array<double, lanes> xr{}, xi{}, pr{}, pi{}, dr{}, di{};
};

/// Horner's scheme, coefficients from the highest down: c[0], c[step], c[2·step], … Two of them at each visit
/// of a lane, so that it is loaded and stored half as often. The clones only widen the vectors: each lane
/// takes the same operations in the same order.
TMM_CLONES("avx512f", "avx2", "default")
void horner(const double* c, std::ptrdiff_t step, std::size_t count, Batch& b) {
  double *xr = b.xr.data(), *xi = b.xi.data();
  double *pr = b.pr.data(), *pi = b.pi.data(), *dr = b.dr.data(), *di = b.di.data();
  std::size_t k = count % 2;
  if (k == 1) b.pr.fill(*c);
  for (c += static_cast<std::ptrdiff_t>(k) * step; k < count; k += 2, c += 2 * step) {
    const double first = *c, second = c[step];
    TMM_INDEPENDENT
    for (std::size_t j = 0; j < lanes; ++j) {
      const double x = xr[j], y = xi[j];
      const double dre = dr[j] * x - di[j] * y + pr[j];
      const double dim = dr[j] * y + di[j] * x + pi[j];
      const double pre = pr[j] * x - pi[j] * y + first;
      const double pim = pr[j] * y + pi[j] * x;
      dr[j] = dre * x - dim * y + pre;
      di[j] = dre * y + dim * x + pim;
      pr[j] = pre * x - pim * y + second;
      pi[j] = pre * y + pim * x;
    }
  }
}

void evaluate(std::span<const double> w, Batch& b, bool outside) {
  if (outside)
    horner(w.data(), 1, w.size(), b);
  else
    horner(w.data() + w.size() - 1, -1, w.size(), b);
}

}  // namespace

SymbolEvaluator::SymbolEvaluator(std::span<const double> w) : w_(w) {
  for (const double c : w) l1_ += std::fabs(c);
  largest_error_ = value_error(1);
}

void SymbolEvaluator::corrections(std::span<const Complex> z, std::span<Complex> correction,
                                  std::span<char> tiny) const {
  for (const bool outside : {false, true}) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < z.size(); ++i)
      if ((std::norm(z[i]) > 1) == outside) chosen.push_back(i);
    for (std::size_t start = 0; start < chosen.size(); start += lanes) {
      Batch b;
      const std::size_t count = std::min(lanes, chosen.size() - start);
      for (std::size_t j = 0; j < count; ++j) {
        const Complex x = outside ? reciprocal(z[chosen[start + j]]) : z[chosen[start + j]];
        b.xr[j] = x.real();
        b.xi[j] = x.imag();
      }
      evaluate(w_, b, outside);
      for (std::size_t j = 0; j < count; ++j) {
        const std::size_t i = chosen[start + j];
        const Complex x(b.xr[j], b.xi[j]), p(b.pr[j], b.pi[j]), d(b.dr[j], b.di[j]);
        correction[i] = newton(x, p, d, outside);
        // The largest bound of an error rules out most points without a root.
        const bool far = std::norm(p) > largest_error_ * largest_error_ * (1 + 1e-12);
        tiny[i] = !far && std::abs(p) <= value_error(std::abs(x));
      }
    }
  }
}

std::vector<SymbolEvaluator::InclusionRadius> SymbolEvaluator::inclusion_radii(
    std::span<const Complex> z) const {
  std::vector<InclusionRadius> radii(z.size());
  const auto is_conjugate = [&](std::size_t i) { return i > 0 && z[i] == std::conj(z[i - 1]); };
  std::array<std::size_t, lanes> chosen{};
  for (std::size_t next = 0; next < z.size();) {
    const bool outside = std::norm(z[next]) > 1;
    Batch b;
    std::size_t count = 0;
    for (; count < lanes && next < z.size() && (std::norm(z[next]) > 1) == outside; ++next) {
      if (is_conjugate(next)) continue;
      const Complex x = outside ? reciprocal(z[next]) : z[next];
      b.xr[count] = x.real();
      b.xi[count] = x.imag();
      chosen[count++] = next;
    }
    evaluate(w_, b, outside);
    for (std::size_t j = 0; j < count; ++j) {
      const Complex x(b.xr[j], b.xi[j]), p(b.pr[j], b.pi[j]), d(b.dr[j], b.di[j]);
      const double scale = outside ? std::abs(z[chosen[j]]) : 1, error = value_error(std::abs(x));
      radii[chosen[j]] = {inclusion_radius(x, p, d, outside, scale, error),
                          inclusion_radius(x, p, d, outside, scale, 2 * error)};
    }
  }
  // Real weights: every operation at the conjugate point gives the conjugate.
  for (std::size_t i = 0; i < z.size(); ++i)
    if (is_conjugate(i)) radii[i] = radii[i - 1];
  return radii;
}

double SymbolEvaluator::inclusion_radius(Complex x, Complex p, Complex d, bool outside, double scale,
                                         double error) const {
  const double degree = static_cast<double>(w_.size()) - 1;
  // a'(z) = z^{d−1}(d·q(x) − x q'(x)) for the reversal q: the same quotient in both cases, with |q'| errors
  // n times larger.
  const Complex slope = outside ? degree * p - times(x, d) : d;
  const double slope_error = 2 * degree * error;
  const double size = (std::abs(p) + error) * scale;
  const double least = std::abs(slope) - slope_error;
  return least > 0 ? degree * size / least : HUGE_VAL;
}

Complex SymbolEvaluator::newton(Complex x, Complex p, Complex d, bool outside) const {
  if (!outside) return d == Complex(0) ? Complex(0) : times(p, reciprocal(d));
  // a/a' = 1/(x (d − x q'/q)), x = 1/z.
  const Complex slope = (static_cast<double>(w_.size()) - 1) * p - times(x, d);
  return slope == Complex(0) ? Complex(0) : times(p, reciprocal(times(x, slope)));
}

/// Rounding error of Horner's scheme: at most about 4 u Σ_k (k+1)|c_k||x|^k ≤ this (Higham, ASNA, 2002,
/// §5.1).
double SymbolEvaluator::value_error(double modulus) const {
  const double n = static_cast<double>(w_.size());
  const double length = std::fmin(n, 1 / std::fmax(1 - modulus, 1e-300));
  return 4 * unit_roundoff * length * l1_;
}

}  // namespace tmm::analysis
