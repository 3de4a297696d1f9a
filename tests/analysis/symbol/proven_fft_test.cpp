// SPDX-License-Identifier: MIT
#include "analysis/symbol/proven_fft.hpp"

#include <catch2/catch.hpp>
#include <numbers>

#include "analysis/symbol/taylor_jets.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::ProvenFft, analysis::RootsOfUnity;
using test::Taps;

TEST_CASE("roots of unity are within their bound") {
  for (const std::size_t order : {1u, 2u, 4u, 64u, 8192u, 1u << 20}) {
    const RootsOfUnity roots(order);
    for (std::size_t j = 0; j < order; j += 1 + order / 997) {
      const long double angle =
          2 * std::numbers::pi_v<long double> * static_cast<long double>(j) / static_cast<long double>(order);
      const long double off =
          std::hypot(roots(j).real() - std::cos(angle), roots(j).imag() - std::sin(angle));
      CHECK(off <= RootsOfUnity::error + 1e-18L);
    }
    CHECK(roots(order + 3) == roots(3));
  }
}

TEST_CASE("the proven transform agrees with the definition within its bound") {
  for (const std::size_t n : {1u, 2u, 4u, 8u, 64u, 512u}) {
    const Taps re = test::gaussian_taps(n, 1), im = test::gaussian_taps(n, 2);
    const auto fft = ProvenFft::plan(n);
    Taps x(n), y(n);
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
      x[fft->slot(k)] = re[k];
      y[fft->slot(k)] = im[k];
      sum += std::hypot(re[k], im[k]);
    }
    fft->transform(x.data(), y.data());
    for (std::size_t l = 0; l < n; ++l) {
      std::complex<long double> truth = 0;
      for (std::size_t k = 0; k < n; ++k)
        truth += std::complex<long double>(re[k], im[k]) *
                 std::polar(1.0L, 2 * std::numbers::pi_v<long double> * static_cast<long double>(k * l % n) /
                                      static_cast<long double>(n));
      const auto off = std::abs(std::complex<long double>(x[l], y[l]) - truth);
      CHECK(off <= fft->error_factor() * sum + 1e-17L * sum);
    }
  }
}

TEST_CASE("long transforms keep Parseval's identity") {
  const std::size_t n = std::size_t{1} << 15;  // above the cached block length
  const Taps re = test::gaussian_taps(n, 3);
  const auto fft = ProvenFft::plan(n);
  Taps x(n), y(n);
  double energy = 0, transformed = 0;
  for (std::size_t k = 0; k < n; ++k) energy += re[k] * re[k], x[fft->slot(k)] = re[k];
  fft->transform(x.data(), y.data());
  for (std::size_t l = 0; l < n; ++l) transformed += x[l] * x[l] + y[l] * y[l];
  CHECK(transformed == Approx(energy * static_cast<double>(n)).epsilon(1e-13));
}

TEST_CASE("Taylor jets reproduce the symbol on every arc within their bound") {
  for (const std::size_t n : {2u, 3u, 9u, 40u}) {
    Taps taps = test::gaussian_taps(n, n);
    for (double& w : taps) w /= 8;
    analysis::TaylorJets jets(taps);
    const double h = jets.half_width(), c = static_cast<double>(n - 1) / 2;
    std::vector<int> seen(jets.root_arcs());
    for (int pass = 0; pass < analysis::TaylorJets::passes; ++pass) {
      jets.load(pass);
      for (std::size_t l = 0; l < jets.root_arcs() / 2; ++l) {
        const std::size_t j = jets.arc(l);
        ++seen[j];
        const analysis::Jet q = jets.jet(l);
        const double middle = static_cast<double>(2 * j + 1) * h;
        for (const double s : {-1.0, -0.3, 0.0, 0.7, 1.0}) {
          const auto truth = test::symbol_at(taps, middle + h * s) * std::polar(1.0, -c * h * s);
          std::complex<double> value = 0;
          for (std::size_t m = q.size(); m-- > 0;) value = value * s + q[m];
          CHECK(std::abs(value - truth) <=
                jets.error() + 40 * analysis::unit_roundoff * static_cast<double>(n));
          // The shifted jet describes the same curve.
          const analysis::Jet part = analysis::shift_jet(q, 0.5, 1);
          std::complex<double> shifted = 0;
          for (std::size_t m = part.size(); m-- > 0;) shifted = shifted * s + part[m];
          const double at = 0.5 + 0.5 * s;
          std::complex<double> direct = 0;
          for (std::size_t m = q.size(); m-- > 0;) direct = direct * at + q[m];
          CHECK(std::abs(shifted - direct) <= 96 * analysis::unit_roundoff * analysis::absolute_sum(q));
        }
      }
    }
    CHECK(std::ranges::all_of(seen, [](int times) { return times == 1; }));
  }
}
