// SPDX-License-Identifier: MIT
#include "model/base/parallel.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "model/toeplitz/fft.hpp"

using namespace tmm::model;

TEST_CASE("parallel_for calls its body once for each i, with memory that no other call uses meanwhile") {
  for (const std::size_t threads : {0U, 1U, 2U, 7U})
    for (const std::size_t count : {0U, 1U, 3U, 1000U}) {
      CAPTURE(threads, count);
      std::vector<int> calls(count, 0);
      std::vector<std::size_t> sums(std::max<std::size_t>(threads, 1), 0);  // one a worker, not atomic
      parallel_for(count, threads, [&](std::size_t i, std::size_t worker) {
        ++calls[i];
        sums.at(worker) += i + 1;
      });
      CHECK(calls == std::vector<int>(count, 1));
      std::size_t sum = 0;
      for (const std::size_t part : sums) sum += part;
      CHECK(sum == count * (count + 1) / 2);
    }
}

TEST_CASE("transforms are planned, shared and run by many threads at once") {
  std::vector<double> first(64);
  parallel_for(64, 8, [&](std::size_t i, std::size_t) {
    const auto fft = RealFft<double>::of_length(16 + 2 * (i % 5));
    AlignedVector<double> x(fft->length(), 1);
    AlignedVector<std::complex<double>> spectrum(fft->spectrum_size());
    fft->forward(x.data(), spectrum.data());
    first[i] = spectrum[0].real();
  });
  for (std::size_t i = 0; i < 64; ++i) CHECK(first[i] == Approx(16 + 2 * static_cast<double>(i % 5)));
}
