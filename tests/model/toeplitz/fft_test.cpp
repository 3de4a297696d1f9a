// SPDX-License-Identifier: MIT
#include "model/toeplitz/fft.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <thread>

#include "model/base/error.hpp"
#include "tolerance.hpp"

using tmm::model::AlignedVector, tmm::model::RealFft, tmm::model::fast_fft_length;

TEST_CASE("the forward transform is the sum it claims to be, with exp(-i)") {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 16U, 30U, 31U}) {
    CAPTURE(n);
    const auto fft = RealFft<double>::of_length(n);
    AlignedVector<double> x(n);
    double norm = 0;
    for (std::size_t t = 0; t < n; ++t)
      norm += std::abs(x[t] = std::sin(1.0 + 2.0 * static_cast<double>(t * t)));
    AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
    fft->forward(x.data(), spectrum.data());
    for (std::size_t k = 0; k < spectrum.size(); ++k) {
      std::complex<double> sum = 0;
      for (std::size_t t = 0; t < n; ++t)
        sum += x[t] * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * t % n) /
                                          static_cast<double>(n));
      CHECK(std::abs(sum - spectrum[k]) <= tmm::test::sum_tolerance<double>(n, norm));
    }
  }
}

TEST_CASE("the inverse transform returns N times the data") {
  for (const std::size_t n : {1U, 2U, 15U, 256U, 1050U}) {
    const auto fft = RealFft<double>::of_length(n);
    AlignedVector<double> x(n), y(n);
    for (std::size_t t = 0; t < n; ++t) x[t] = std::cos(static_cast<double>(t * t));
    AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
    fft->forward(x.data(), spectrum.data());
    fft->inverse(spectrum.data(), y.data());
    const double scale = static_cast<double>(n);
    for (std::size_t t = 0; t < n; ++t)
      CHECK(std::abs(y[t] / scale - x[t]) <= tmm::test::fft_tolerance<double>(n, std::sqrt(scale)));
  }
}

TEST_CASE("plans are shared, and made and used from many threads") {
  CHECK(RealFft<double>::of_length(96).get() != nullptr);
  const auto plan = RealFft<double>::of_length(96);
  CHECK(RealFft<double>::of_length(96) == plan);
  std::vector<std::thread> threads;
  std::vector<double> sums(8);
  for (std::size_t i = 0; i < sums.size(); ++i)
    threads.emplace_back([i, &sums] {
      const auto fft = RealFft<double>::of_length(i % 2 == 0 ? 96 : 100);
      AlignedVector<double> x(fft->length(), 1);
      AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
      fft->forward(x.data(), spectrum.data());
      sums[i] = spectrum[0].real();
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < sums.size(); ++i) CHECK(sums[i] == (i % 2 == 0 ? 96 : 100));
}

TEST_CASE("fast lengths are even, smooth, and just above what is asked") {
  CHECK(fast_fft_length(1) == 2);
  CHECK(fast_fft_length(2) == 2);
  CHECK(fast_fft_length(11) == 12);
  CHECK(fast_fft_length(511) == 512);
  CHECK(fast_fft_length(513) == 540);
  CHECK(fast_fft_length((1U << 21) - 1) == 1U << 21);
}

TEST_CASE("impossible lengths are refused") {
  CHECK_THROWS_AS(RealFft<double>::of_length(0), tmm::ArgumentError);
  CHECK_THROWS_AS(RealFft<double>::of_length(std::size_t{1} << 31), tmm::ArgumentError);
}
