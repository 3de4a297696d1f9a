// SPDX-License-Identifier: MIT
// Pseudospectra of a fresh layer, n = 1024, on a grid of 100 x 100, against what EigTool and Pseudospectra.jl
// do with the dense matrix: a triangular form once, then Lanczos on the inverse of (T - z)*(T - z) by
// triangular solves at each point (Trefethen & Embree, Spectra and Pseudospectra, 2005, ch. 39), and against
// the singular value decomposition of each matrix. T_n is triangular already, so the peer has its form for
// nothing. One BLAS thread, the same OpenBLAS; of the peers some points of the grid, evenly spread.
#include <fmt/core.h>

#include <chrono>
#include <complex>
#include <cstddef>
#include <vector>

#include "analysis/base/lapack.hpp"
#include "analysis/pseudospectra/plane.hpp"
#include "analysis/pseudospectra/resolvent_norm.hpp"
#include "analysis/symbol/symbol_maximum.hpp"
#include "model/base/blas_threads.hpp"
#include "timing.hpp"

// Fortran: everything by address, the lengths of texts behind all else.
extern "C" {
void ztrsv_(const char* uplo, const char* trans, const char* diag, const int* n,
            const std::complex<double>* a, const int* lda, std::complex<double>* x, const int* incx,
            std::size_t, std::size_t, std::size_t);
void zgesdd_(const char* job, const int* m, const int* n, std::complex<double>* a, const int* lda, double* s,
             std::complex<double>* u, const int* ldu, std::complex<double>* vt, const int* ldvt,
             std::complex<double>* work, const int* lwork, double* rwork, int* iwork, int* info, std::size_t);
}

namespace {

using Complex = std::complex<double>;
using Matrix = std::vector<Complex>;
using tmm::bench::require;

constexpr std::size_t side = 100;

/// Of one call: each lasts seconds, or is one of many.
template <class Work>
double seconds_of(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// T_n − z by columns.
Matrix shifted(const std::vector<double>& taps, Complex z) {
  const std::size_t n = taps.size();
  Matrix a(n * n);
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = s; t < n; ++t) a[s * n + t] = taps[t - s] - (s == t ? z : 0.0);
  return a;
}

/// The inverse Lanczos iteration at one point, as EigTool does it: until σ changes by less than `tolerance`.
class DensePeer {
 public:
  explicit DensePeer(const std::vector<double>& taps) : taps_(taps), a_(shifted(taps, 0)) {}

  double sigma_min(Complex z, double tolerance) {
    const std::size_t n = taps_.size();
    for (std::size_t t = 0; t < n; ++t) a_[t * n + t] = taps_[0] - z;
    std::mt19937_64 engine(1);
    std::normal_distribution<double> normal;
    std::vector<Complex> q(n), last(n), next;
    for (Complex& x : q) x = {normal(engine), normal(engine)};
    scale(q, 1 / norm(q));
    std::vector<double> diagonal, beside;
    double sigma = 0;
    for (int step = 0; step < 99; ++step) {
      next = q;
      solve("C", next);
      solve("N", next);
      double along = 0;
      const double before = beside.empty() ? 0 : beside.back();
      for (std::size_t t = 0; t < n; ++t) along += (std::conj(q[t]) * next[t]).real();
      for (std::size_t t = 0; t < n; ++t) next[t] -= along * q[t] + before * last[t];
      diagonal.push_back(along);
      beside.push_back(norm(next));
      std::vector<double> values = diagonal, off(beside.begin(), beside.end());
      require(tmm::analysis::lapack::dsterf(static_cast<int>(values.size()), values.data(), off.data()) == 0,
              "dsterf did not converge");
      const double found = 1 / std::sqrt(values.back());
      if (std::fabs(sigma / found - 1) < tolerance || !(beside.back() > 0)) return found;
      sigma = found;
      scale(next, 1 / beside.back());
      last = std::move(q);
      q = next;
    }
    return sigma;
  }

 private:
  void solve(const char* trans, std::vector<Complex>& x) const {
    const int n = static_cast<int>(taps_.size()), one = 1;
    ztrsv_("L", trans, "N", &n, a_.data(), &n, x.data(), &one, 1, 1, 1);
  }
  static double norm(const std::vector<Complex>& x) {
    double sum = 0;
    for (const Complex& v : x) sum += std::norm(v);
    return std::sqrt(sum);
  }
  static void scale(std::vector<Complex>& x, double factor) {
    for (Complex& v : x) v *= factor;
  }

  std::vector<double> taps_;
  Matrix a_;
};

double smallest_by_zgesdd(const std::vector<double>& taps, Complex z) {
  const int n = static_cast<int>(taps.size()), one = 1, length = 8 * n;
  Matrix a = shifted(taps, z);
  std::vector<double> sigma(taps.size()), real(16 * taps.size());
  std::vector<Complex> work(static_cast<std::size_t>(length));
  std::vector<int> integers(8 * taps.size());
  Complex unused;
  int info = 0;
  zgesdd_("N", &n, &n, a.data(), &n, sigma.data(), &unused, &one, &unused, &one, work.data(), &length,
          real.data(), integers.data(), &info, 1);
  require(info == 0, "zgesdd did not converge");
  return sigma.back();
}

/// 100 x 100 over the whole plane: no use is made of its symmetry on either side.
std::vector<Complex> grid(double reach) {
  std::vector<Complex> points;
  for (std::size_t r = 0; r < side; ++r)
    for (std::size_t c = 0; c < side; ++c) {
      const auto at = [&](std::size_t i) { return reach * (2 * static_cast<double>(i) / (side - 1) - 1); };
      points.emplace_back(at(c), at(r));
    }
  return points;
}

struct Digits {
  double worst = 0;
  int seen = 0, beyond = 0;  ///< points where double sees σ_min to 6 digits, and where it does not

  void add(const tmm::analysis::ResolventNorm& ours, double theirs, double largest, std::size_t n) {
    // Backward stable solves and decompositions leave an absolute error of some n u ‖T − z‖.
    if (ours.sigma_min.to_double() < 1e6 * static_cast<double>(n) * 0x1p-53 * largest) {
      ++beyond;
      return;
    }
    ++seen;
    worst = std::max(worst, std::fabs(ours.sigma_min.to_double() / theirs - 1));
  }
  void print(const char* peer) const {
    fmt::print("  {}: {} points to within {:.1e} of each other, {} below what double sees\n", peer, seen,
               worst, beyond);
    require(worst < 1e-6, "the norms are not those of the peer");
  }
};

void compare(const char* name, const std::vector<double>& taps) {
  const std::size_t n = taps.size();
  const double largest = tmm::analysis::symbol_maximum(taps).upper;
  const std::vector<Complex> points = grid(1.25 * largest);
  std::vector<tmm::analysis::ResolventNorm> ours;
  const double whole = seconds_of([&] { ours = tmm::analysis::resolvent_norms(taps, points); });
  std::size_t known = 0, deepest = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    known += ours[i].status == tmm::analysis::Status::numerical ? 1 : 0;
    if (ours[i].sigma_min.log10() < ours[deepest].sigma_min.log10()) deepest = i;
  }
  const double each = whole / static_cast<double>(points.size());
  fmt::print("{}, n = {}: {:.2f} s for {} points, {} of them known, down to 1e{:.0f}\n", name, n, whole,
             points.size(), known, ours[deepest].sigma_min.log10());
  DensePeer peer(taps);
  Digits lanczos, decomposition;
  std::vector<double> times;
  constexpr std::size_t some = 401, few = 3331;
  for (std::size_t i = some / 2; i < points.size(); i += some) {
    times.push_back(seconds_of([&] { (void)peer.sigma_min(points[i], 1e-5); }));
    lanczos.add(ours[i], peer.sigma_min(points[i], 1e-12), largest, n);
  }
  double mean = 0, dense = 0;
  for (const double time : times) mean += time / static_cast<double>(times.size());
  lanczos.print("inverse Lanczos");
  int decomposed = 0;
  for (std::size_t i = few / 2; i < points.size(); i += few, ++decomposed) {
    double sigma = 0;
    dense += seconds_of([&] { sigma = smallest_by_zgesdd(taps, points[i]); });
    decomposition.add(ours[i], sigma, largest, n);
  }
  decomposition.print("zgesdd");
  fmt::print(
      "  a point: {:.3f} ms; inverse Lanczos {:.1f} ms, {:.0f} times as long; zgesdd {:.0f} ms, {:.0f} "
      "times\n",
      1e3 * each, 1e3 * mean, mean / each, 1e3 * dense / decomposed, dense / decomposed / each);
}

}  // namespace

int main() {
  const tmm::model::OneBlasThread one_thread;
  compare("a fresh layer", tmm::bench::initial_taps(1024, 1));
  std::vector<double> decaying = tmm::bench::initial_taps(1024, 2);
  for (std::size_t k = 0; k < decaying.size(); ++k) decaying[k] *= std::exp(-0.01 * static_cast<double>(k));
  compare("a layer that decays by lag", decaying);
}
