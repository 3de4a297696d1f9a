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

constexpr std::size_t lanes = 8;

/// Values of a polynomial and its derivative at `lanes` points.
struct Batch {
  std::array<double, lanes> xr{}, xi{}, pr{}, pi{}, dr{}, di{};
};

/// Horner's scheme, coefficients from the highest down: c[stride·k], k = count−1 … 0 reversed by the caller's
/// pointer.
TMM_CLONES("avx2", "default") void horner(const double* c, std::ptrdiff_t step, std::size_t count, Batch& b) {
  std::array<double, lanes> pr{}, pi{}, dr{}, di{};
  for (std::size_t k = 0; k < count; ++k, c += step) {
    const double coefficient = *c;
    for (std::size_t j = 0; j < lanes; ++j) {
      const double dre = dr[j] * b.xr[j] - di[j] * b.xi[j] + pr[j];
      const double dim = dr[j] * b.xi[j] + di[j] * b.xr[j] + pi[j];
      const double pre = pr[j] * b.xr[j] - pi[j] * b.xi[j] + coefficient;
      const double pim = pr[j] * b.xi[j] + pi[j] * b.xr[j];
      dr[j] = dre;
      di[j] = dim;
      pr[j] = pre;
      pi[j] = pim;
    }
  }
  b.pr = pr;
  b.pi = pi;
  b.dr = dr;
  b.di = di;
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
        tiny[i] = std::abs(p) <= value_error(std::abs(x));
      }
    }
  }
}

std::vector<SymbolEvaluator::InclusionRadius> SymbolEvaluator::inclusion_radii(
    std::span<const Complex> z) const {
  std::vector<InclusionRadius> radii;
  while (radii.size() < z.size()) {
    const std::size_t start = radii.size();
    const bool outside = std::norm(z[start]) > 1;
    Batch b;
    std::size_t count = 0;
    for (; count < lanes && start + count < z.size() && (std::norm(z[start + count]) > 1) == outside;
         ++count) {
      const Complex x = outside ? reciprocal(z[start + count]) : z[start + count];
      b.xr[count] = x.real();
      b.xi[count] = x.imag();
    }
    evaluate(w_, b, outside);
    for (std::size_t j = 0; j < count; ++j) {
      const Complex x(b.xr[j], b.xi[j]), p(b.pr[j], b.pi[j]), d(b.dr[j], b.di[j]);
      const double scale = outside ? std::abs(z[start + j]) : 1, error = value_error(std::abs(x));
      radii.push_back({inclusion_radius(x, p, d, outside, scale, error),
                       inclusion_radius(x, p, d, outside, scale, 2 * error)});
    }
  }
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
