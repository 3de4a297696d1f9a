// SPDX-License-Identifier: MIT
#include "model/toeplitz/off_diagonal_product.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "model/base/error.hpp"
#include "tolerance.hpp"

using namespace tmm;
using model::OffDiagonalProduct, model::ToeplitzMethod;

namespace {

std::vector<double> normal_numbers(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& x : values) x = normal(engine);
  return values;
}

/// Largest difference from the sums of the definition, for q inputs and p outputs of `channels` channels.
double largest_gap(const OffDiagonalProduct<double>& product, const std::vector<double>& taps, std::size_t q,
                   std::size_t p, std::size_t channels) {
  const auto x = normal_numbers(q * channels, 2), start = normal_numbers(p * channels, 3);
  auto y = start;
  auto scratch = product.make_scratch();
  product.apply_add({x.data(), q, channels}, {y.data(), p, channels}, scratch);
  double gap = 0;
  for (std::size_t j = 0; j < p; ++j)
    for (std::size_t c = 0; c < channels; ++c) {
      double sum = start[j * channels + c];
      for (std::size_t i = 0; i < q; ++i)
        if (q + j - i < taps.size()) sum += taps[q + j - i] * x[i * channels + c];
      const double difference = std::fabs(y[j * channels + c] - sum);
      gap = difference <= gap ? gap : difference;
    }
  return gap;
}

}  // namespace

TEST_CASE("blocks below the diagonal are multiplied as their definition says, by both methods") {
  for (const std::size_t length : {2U, 37U, 200U, 513U}) {
    const auto taps = normal_numbers(length, 1);
    for (const ToeplitzMethod method : {ToeplitzMethod::dense, ToeplitzMethod::fft})
      for (const std::size_t p : {std::size_t{1}, length / 3 + 1, length / 2}) {
        const OffDiagonalProduct<double> product(taps, length, p, method);
        for (const std::size_t q : {std::size_t{1}, length - p, (length - p + 1) / 2}) {
          CAPTURE(length, p, q, static_cast<int>(method));
          const double norm = static_cast<double>(length) * 16;
          CHECK(largest_gap(product, taps, q, p, 3) < test::fft_tolerance(length, norm));
          CHECK(largest_gap(product, taps, q, p, 18) < test::fft_tolerance(length, norm));
        }
      }
  }
}

TEST_CASE("a block that reaches beyond the last tap reads zeros there") {
  const auto taps = normal_numbers(20, 1);
  for (const ToeplitzMethod method : {ToeplitzMethod::dense, ToeplitzMethod::fft}) {
    const OffDiagonalProduct<double> product(taps, 64, 32, method);
    CHECK(largest_gap(product, taps, 32, 32, 2) < 1e-12);
  }
}

TEST_CASE("a block without inputs adds nothing, one without outputs is refused") {
  const auto taps = normal_numbers(8, 1);
  const OffDiagonalProduct<double> product(taps, 8, 4, ToeplitzMethod::fft);
  CHECK(largest_gap(product, taps, 0, 4, 2) == 0);
  CHECK_THROWS_AS(OffDiagonalProduct<double>(taps, 8, 0, ToeplitzMethod::dense), ArgumentError);
  CHECK_THROWS_AS(OffDiagonalProduct<double>(taps, 8, 9, ToeplitzMethod::dense), ArgumentError);
}
