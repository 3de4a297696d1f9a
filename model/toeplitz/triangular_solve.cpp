// SPDX-License-Identifier: MIT
#include "model/toeplitz/triangular_solve.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <complex>
#include <memory>

#include "model/base/error.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {
namespace {

using Eigen::Index;

void substitute(const std::vector<double>& taps, std::span<double> x) {
  const Eigen::Map<const Eigen::VectorXd> w(taps.data(), static_cast<Index>(taps.size()));
  Eigen::Map<Eigen::VectorXd> v(x.data(), static_cast<Index>(x.size()));
  for (Index s = 0; s < v.size(); ++s) {
    v[s] /= taps[0];
    const Index rest = v.size() - 1 - s;
    v.tail(rest) -= v[s] * w.segment(1, rest);
  }
}

// Subtracts from the second half of an interval of length N what its first half contributes. A cyclic
// convolution of length N is enough: what wraps around falls on the first half, which is not read.
class HalfUpdate {
 public:
  HalfUpdate(const std::vector<double>& taps, std::size_t length)
      : fft_(RealFft<double>::of_length(length)),
        transform_(fft_->spectrum_size()),
        spectrum_(fft_->spectrum_size()),
        buffer_(length) {
    std::copy_n(taps.begin(), std::min(length, taps.size()), buffer_.begin());
    fft_->forward(buffer_.data(), transform_.data());
    for (auto& value : transform_) value /= static_cast<double>(length);
  }

  // x: the interval, which the end of the vector may cut short.
  void operator()(std::span<double> x) {
    const std::size_t half = buffer_.size() / 2;
    std::fill(std::copy_n(x.begin(), half, buffer_.begin()), buffer_.end(), 0.0);
    fft_->forward(buffer_.data(), spectrum_.data());
    for (std::size_t k = 0; k < spectrum_.size(); ++k) spectrum_[k] *= transform_[k];
    fft_->inverse(spectrum_.data(), buffer_.data());
    for (std::size_t t = half; t < x.size(); ++t) x[t] -= buffer_[t];
  }

 private:
  std::shared_ptr<const RealFft<double>> fft_;
  AlignedVector<std::complex<double>> transform_, spectrum_;
  AlignedVector<double> buffer_;
};

}  // namespace

void solve_in_place(const std::vector<double>& taps, std::span<double> x) {
  if (taps.empty() || taps[0] == 0)
    throw ArgumentError("a causal Toeplitz matrix with w_0 = 0 is singular and has no inverse");
  if (x.size() != taps.size()) throw ArgumentError("vector does not fit the operator");
  const std::size_t n = taps.size();

  std::vector<HalfUpdate> updates;  // updates[j] closes intervals of 2^j blocks
  for (std::size_t start = 0; start < n; start += substitution_block) {
    substitute(taps, x.subspan(start, std::min(substitution_block, n - start)));
    // The block just solved ends the first half of one interval of 2^(j+1) blocks, j = trailing zeros of the
    // number of blocks solved; all shorter intervals that end here are closed already.
    const std::size_t end = start + substitution_block;
    if (end >= n) break;
    const std::size_t half = end & -end;
    const auto level = static_cast<std::size_t>(std::countr_zero(half / substitution_block));
    if (level == updates.size()) updates.emplace_back(taps, 2 * half);
    updates[level](x.subspan(end - half, std::min(2 * half, n - (end - half))));
  }
}

}  // namespace tmm::model
