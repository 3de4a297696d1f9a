// SPDX-License-Identifier: MIT
#include "analysis/spectrum/proven_product.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <vector>

#include "analysis/symbol/proven_fft.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;

// Covers the rounding of sums of up to 2^40 terms that are not negative, n e, and underflow beside 1e-280.
constexpr double outward = 1 + 1e-3;
constexpr double underflow = 1e-280;

/// Complex numbers, real and imaginary parts apart.
struct Parts {
  std::vector<double> re, im;
  explicit Parts(std::size_t length) : re(length), im(length) {}
};

/// The transform of (re_k + i im_k), k < n, zeros behind.
void transform(const ProvenFft& fft, std::size_t n, const double* re, const double* im, double re_factor,
               double im_factor, Parts& out) {
  std::ranges::fill(out.re, 0);
  std::ranges::fill(out.im, 0);
  for (std::size_t k = 0; k < n; ++k) {
    out.re[fft.slot(k)] = re_factor * re[k];
    out.im[fft.slot(k)] = im_factor * im[k];
  }
  fft.transform(out.re.data(), out.im.data());
}

/// Where the transform back wants them: κ̂ x̂.
void multiply(const ProvenFft& fft, const Parts& kernel, const Parts& x, Parts& out) {
  for (std::size_t l = 0; l < fft.length(); ++l) {
    const std::size_t at = fft.slot(l);
    out.re[at] = kernel.re[l] * x.re[l] - kernel.im[l] * x.im[l];
    out.im[at] = kernel.re[l] * x.im[l] + kernel.im[l] * x.re[l];
  }
}

double squares(std::span<const double> x, double factor) {
  double sum = 0;
  for (const double entry : x) sum += (factor * entry) * (factor * entry);
  return sum;
}

}  // namespace

BoundedProduct proven_sum_of_products(std::span<const double> a, const MatrixXd& X, std::span<const double> b,
                                      const MatrixXd& Y, double scale) {
  const std::size_t n = a.size(), length = std::bit_ceil(2 * n);
  const auto fft = ProvenFft::plan(length);
  Parts kernel(length), x(length), product(length);
  transform(*fft, n, a.data(), b.data(), 1 / scale, -1, kernel);
  BoundedProduct sum{MatrixXd(X.rows(), X.cols())};
  const double whole = 1 / static_cast<double>(length);
  for (Index j = 0; j < X.cols(); ++j) {
    transform(*fft, n, &X(0, j), &Y(0, j), scale, 1, x);
    multiply(*fft, kernel, x, product);
    fft->transform(product.re.data(), product.im.data());
    // Forth and forth again: entry k stands at −k.
    for (std::size_t k = 0; k < n; ++k)
      sum.value(static_cast<Index>(k), j) = whole * product.re[(length - k) % length];
  }
  const auto all = [](const MatrixXd& A) { return std::span(A.data(), static_cast<std::size_t>(A.size())); };
  const double taps = std::sqrt(squares(a, 1 / scale) + squares(b, 1)),
               columns = std::sqrt(squares(all(X), scale) + squares(all(Y), 1)),
               root = std::sqrt(static_cast<double>(n));
  sum.error = root * (2 * fft->error_factor() * (1 + root)) * taps * columns * outward + underflow;
  return sum;
}

}  // namespace tmm::analysis
