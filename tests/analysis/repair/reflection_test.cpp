// SPDX-License-Identifier: MIT
#include "analysis/repair/reflection.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/fft.hpp"

using namespace tmm;
using analysis::reflect, analysis::ReflectableZero;
using test::Taps;

namespace {

void check_taps(const Taps& found, const Taps& expected) {
  REQUIRE(found.size() == expected.size());
  double scale = 0;
  for (const double w : expected) scale = std::fmax(scale, std::fabs(w));
  for (std::size_t k = 0; k < found.size(); ++k) {
    CAPTURE(k, found[k], expected[k]);
    CHECK(std::fabs(found[k] - expected[k]) <= 1e-14 * scale);
  }
}

/// The minimum-phase factor of |a|² by its cepstrum: exp of the causal half of ln|a| (Oppenheim and Schafer).
/// Needs a grid that is fine beside the distance of the zeros from the circle.
Taps minimum_phase_by_cepstrum(const Taps& taps, std::size_t length) {
  const auto fft = model::RealFft<double>::of_length(length);
  model::AlignedVector<double> x(length);
  model::AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
  std::copy(taps.begin(), taps.end(), x.begin());
  fft->forward(x.data(), spectrum.data());
  for (auto& value : spectrum) value = std::log(std::abs(value));
  fft->inverse(spectrum.data(), x.data());
  const double scale = 1 / static_cast<double>(length);
  for (std::size_t k = 0; k < length; ++k)
    x[k] *= (k == 0 || k == length / 2 ? 1 : k < length / 2 ? 2 : 0) * scale;
  fft->forward(x.data(), spectrum.data());
  for (auto& value : spectrum) value = std::exp(value);
  fft->inverse(spectrum.data(), x.data());
  Taps result(taps.size());
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = x[k] * scale;
  return result;
}

std::vector<ReflectableZero> inner_zeros(const Taps& taps) {
  std::vector<ReflectableZero> inner;
  for (const auto& zero : analysis::symbol_zeros(taps).zeros)
    if (std::abs(zero.z) < 1 && zero.z.imag() >= 0) inner.push_back({zero.z, true});
  return inner;
}

}  // namespace

TEST_CASE("reflections of single zeros have the taps that algebra says") {
  check_taps(reflect(Taps{1, 2}, std::vector<ReflectableZero>{{-0.5, true}}).taps, {2, 1});
  check_taps(reflect(Taps{2, 1}, std::vector<ReflectableZero>{{-2.0, false}}).taps, {1, 2});
  // The sign is the nearer one: 3z − 1 becomes 3 − z or z − 3, ⟨(−1, 3), (3, −1)⟩ < 0.
  check_taps(reflect(Taps{-1, 3}, std::vector<ReflectableZero>{{1 / 3.0, true}}).taps, {-3, 1});
  // A pair: z² + 1/4 and 1 + z²/4.
  check_taps(reflect(Taps{0.25, 0, 1}, std::vector<ReflectableZero>{{{0, 0.5}, true}}).taps, {1, 0, 0.25});
  // A zero at the origin shifts the taps; the degree falls.
  check_taps(reflect(Taps{0, 5, 3}, std::vector<ReflectableZero>{{0, true}}).taps, {5, 3, 0});
  // One of two equal zeros.
  check_taps(reflect(Taps{0.25, 1, 1}, std::vector<ReflectableZero>{{-0.5, true}}).taps, {0.5, 1.25, 0.5});
}

TEST_CASE("reflected taps follow the scale of the weights to the ends of the double range") {
  for (const int exponent : {-1070, -300, 300, 1020}) {
    const double unit = std::ldexp(1.0, exponent);
    const auto found = reflect(Taps{unit, 2 * unit}, std::vector<ReflectableZero>{{-0.5, true}});
    CHECK(found.taps == Taps{2 * unit, unit});
  }
  const double largest = std::numeric_limits<double>::max();
  CHECK_THROWS_AS(reflect(Taps{0.5 * largest, largest, largest, 0.2 * largest},
                          std::vector<ReflectableZero>{{{-0.9, 0.3}, true}, {-0.3, true}}),
                  ArgumentError);
}

TEST_CASE("all inner zeros reflected are the minimum-phase factor of the cepstrum") {
  for (const std::size_t n : {2U, 3U, 8U, 33U, 100U}) {
    CAPTURE(n);
    // Pairs of zeros all around the circle, 0.03 inside or 0.04 outside of it: |a| is far from 0 everywhere.
    Taps taps = n % 2 == 0 ? Taps{0.4, 1} : Taps{1};
    for (std::size_t k = 1; taps.size() < n; ++k) {
      const double theta = 3.1 * static_cast<double>(k) / static_cast<double>(n / 2 + 1);
      taps = test::multiply(taps, test::zero_pair(k % 2 == 0 ? 0.97 : 1.04, theta));
    }
    const auto inner = inner_zeros(taps);
    const auto found = reflect(taps, inner);
    Taps expected = minimum_phase_by_cepstrum(taps, 1U << 14U);
    double product = 0, largest = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) product += expected[k] * found.taps[k];
    for (double& w : expected) w = product < 0 ? -w : w, largest = std::fmax(largest, std::fabs(w));
    for (std::size_t k = 0; k < taps.size(); ++k) {
      CAPTURE(k);
      CHECK(std::fabs(found.taps[k] - expected[k]) < 1e-11 * largest);
    }
    CHECK(found.truncated < 1e-11);
    CHECK(found.modulus_error < 1e-12);
  }
}

TEST_CASE("what cannot be reflected is an error") {
  const std::vector<ReflectableZero> none;
  CHECK_THROWS_AS(reflect(Taps{}, none), ArgumentError);
  CHECK_THROWS_AS(reflect(Taps{0, 0}, none), ArgumentError);
  CHECK_THROWS_AS(reflect(Taps{1, NAN}, none), ArgumentError);
}

TEST_CASE("the cost of a reflection is the change that it makes") {
  const Taps taps = test::gaussian_taps(24, 5);
  std::vector<ReflectableZero> all;
  for (const auto& zero : analysis::symbol_zeros(taps).zeros)
    if (zero.z.imag() >= 0) all.push_back({zero.z, std::abs(zero.z) < 1});
  const auto costs = analysis::reflection_costs(taps, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto done = reflect(taps, std::span(all).subspan(i, 1));
    // ‖w′ − w‖² = 2‖w‖² − 2⟨w′, w⟩; the sign of w′ is that with the lesser change.
    const double nearer = std::fmin(costs[i], 4 - costs[i]);
    CHECK(done.change * done.change == Approx(nearer).margin(1e-12));
  }
}
