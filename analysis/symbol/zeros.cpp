// SPDX-License-Identifier: MIT
#include "analysis/symbol/zeros.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "analysis/symbol/roots_of_unity.hpp"
#include "model/base/error.hpp"
#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr std::size_t lanes = 8;
constexpr int most_sweeps = 100;

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

Complex reciprocal(Complex z) {
  return std::conj(z) / std::norm(z);
}
Complex times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// The polynomial and, for |z| > 1, its reversal: Horner never leaves the unit disc.
class Evaluator {
 public:
  explicit Evaluator(std::span<const double> w) : w_(w) {
    for (const double c : w) l1_ += std::fabs(c);
  }

  /// Newton's correction a/a' at each z; `tiny` if |a| is within its own rounding error.
  void corrections(std::span<const Complex> z, std::span<Complex> correction, std::span<char> tiny) const {
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
        evaluate(b, outside);
        for (std::size_t j = 0; j < count; ++j) {
          const std::size_t i = chosen[start + j];
          const Complex x(b.xr[j], b.xi[j]), p(b.pr[j], b.pi[j]), d(b.dr[j], b.di[j]);
          correction[i] = newton(x, p, d, outside);
          tiny[i] = std::abs(p) <= value_error(std::abs(x));
        }
      }
    }
  }

  /// n|a/a'| at z with rounding errors; ∞ if a' may vanish.
  [[nodiscard]] double inclusion_radius(Complex z) const {
    const bool outside = std::norm(z) > 1;
    Batch b;
    const Complex x = outside ? reciprocal(z) : z;
    b.xr[0] = x.real();
    b.xi[0] = x.imag();
    evaluate(b, outside);
    const Complex p(b.pr[0], b.pi[0]), d(b.dr[0], b.di[0]);
    const double degree = static_cast<double>(w_.size()) - 1, error = value_error(std::abs(x));
    // a'(z) = z^{d−1}(d·q(x) − x q'(x)) for the reversal q: the same quotient in both cases, with |q'| errors
    // n times larger.
    const Complex slope = outside ? degree * p - times(x, d) : d;
    const double slope_error = 2 * degree * error;
    const double size = (std::abs(p) + error) * (outside ? std::abs(z) : 1);
    const double least = std::abs(slope) - slope_error;
    return least > 0 ? degree * size / least : HUGE_VAL;
  }

 private:
  void evaluate(Batch& b, bool outside) const {
    if (outside)
      horner(w_.data(), 1, w_.size(), b);
    else
      horner(w_.data() + w_.size() - 1, -1, w_.size(), b);
  }

  [[nodiscard]] Complex newton(Complex x, Complex p, Complex d, bool outside) const {
    if (!outside) return d == Complex(0) ? Complex(0) : times(p, reciprocal(d));
    // a/a' = 1/(x (d − x q'/q)), x = 1/z.
    const Complex slope = (static_cast<double>(w_.size()) - 1) * p - times(x, d);
    return slope == Complex(0) ? Complex(0) : times(p, reciprocal(times(x, slope)));
  }

  /// Rounding error of Horner's scheme: at most about 4 u Σ_k (k+1)|c_k||x|^k ≤ this (Higham, ASNA, 2002,
  /// §5.1).
  [[nodiscard]] double value_error(double modulus) const {
    const double n = static_cast<double>(w_.size());
    const double length = std::fmin(n, 1 / std::fmax(1 - modulus, 1e-300));
    return 4 * unit_roundoff * length * l1_;
  }

  std::span<const double> w_;
  double l1_ = 0;
};

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

/// Σ_{j≠i} 1/(z_i − z_j)
TMM_CLONES("avx2", "default")
void repulsion(const double* zr, const double* zi, std::size_t count, std::size_t i, double& sum_re,
               double& sum_im) {
  double re = 0, im = 0;
  const double xr = zr[i], xi = zi[i];
#pragma GCC ivdep
  for (std::size_t j = 0; j < count; ++j) {
    const double dr = xr - zr[j], di = xi - zi[j];
    const double norm = dr * dr + di * di;
    const double scale = norm > 0 ? 1 / norm : 0;
    re += dr * scale;
    im -= di * scale;
  }
  sum_re = re;
  sum_im = im;
}

/// Iterates until every point rests; true if they all did.
bool iterate(const Evaluator& evaluator, std::vector<Complex>& z) {
  const std::size_t count = z.size();
  std::vector<double> re(count), im(count);
  std::vector<Complex> moving, correction;
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
    evaluator.corrections(moving, correction, tiny);
    for (std::size_t m = 0; m < index.size(); ++m) {
      const std::size_t i = index[m];
      double sum_re = 0, sum_im = 0;
      repulsion(re.data(), im.data(), count, i, sum_re, sum_im);
      const Complex step = times(correction[m], reciprocal(1.0 - times(correction[m], {sum_re, sum_im})));
      if (std::isfinite(step.real()) && std::isfinite(step.imag())) z[i] -= step;
      resting[i] = tiny[m] || std::abs(step) <= 4 * unit_roundoff * std::abs(z[i]);
    }
  }
  return std::ranges::all_of(resting, [](char rests) { return rests != 0; });
}

/// Real coefficients: makes conjugate partners exact conjugates and snaps lone points to the real axis.
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
      if (!done[j] && std::abs(z[j] - std::conj(z[i])) < distance) {
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
  const Evaluator evaluator(w);
  std::vector<Complex> z = starting_points(w);
  result.converged = iterate(evaluator, z);
  pair_conjugates(z);
  std::ranges::sort(z, [](Complex a, Complex b) {
    return std::norm(a) != std::norm(b) ? std::norm(a) < std::norm(b) : a.imag() < b.imag();
  });
  for (const Complex& point : z) {
    const Zero zero{point, evaluator.inclusion_radius(point)};
    result.zeros.push_back(zero);
    if (std::abs(point) < 1) ++result.inside;
    if (std::fabs(std::abs(point) - 1) <= zero.radius) ++result.unclear;
  }
  return result;
}

}  // namespace tmm::analysis
