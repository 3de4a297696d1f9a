// SPDX-License-Identifier: MIT
#include "model/toeplitz/causal_toeplitz.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"
#include "model/toeplitz/triangular_solve.hpp"

namespace tmm::model {
namespace {

using Eigen::Index, Eigen::VectorXd;
using ConstVector = Eigen::Map<const VectorXd>;
using Vector = Eigen::Map<VectorXd>;

void check_size(Index found, Index expected) {
  if (found != expected)
    throw ArgumentError("vector does not fit the operator",
                        {"", "", std::to_string(expected) + " entries", std::to_string(found), ""});
}

}  // namespace

CausalToeplitz::CausalToeplitz(std::vector<double> taps) : taps_(std::move(taps)) {
  if (taps_.empty()) throw ArgumentError("a Toeplitz operator needs at least one tap");
  const auto bad = std::ranges::find_if_not(taps_, [](double w) { return std::isfinite(w); });
  if (bad != taps_.end())
    throw ArgumentError("tap " + std::to_string(bad - taps_.begin()) +
                        " of a Toeplitz operator is not finite");
  if (rows() < direct_below) return;

  fft_ = RealFft<double>::of_length(fast_fft_length(2 * taps_.size() - 1));
  AlignedVector<double> padded(fft_->length());
  std::ranges::copy(taps_, padded.begin());
  transform_.resize(fft_->spectrum_size());
  fft_->forward(padded.data(), transform_.data());
  const double scale = 1 / static_cast<double>(fft_->length());
  for (auto& value : transform_) value *= scale;
}

void CausalToeplitz::perform_op(const double* x, double* y) const {
  const Index n = rows();
  if (!fft_) {
    const ConstVector w(taps_.data(), n);
    Vector result(y, n);
    result.setZero();
    for (Index s = 0; s < n; ++s) result.tail(n - s) += x[s] * w.head(n - s);
    return;
  }
  // Kept from call to call: fresh pages for large n would cost as much as the transforms.
  thread_local AlignedVector<double> padded;
  thread_local AlignedVector<std::complex<double>> spectrum;
  padded.assign(fft_->length(), 0);
  spectrum.resize(fft_->spectrum_size());
  std::copy_n(x, n, padded.begin());
  fft_->forward(padded.data(), spectrum.data());
  using Spectrum = Eigen::Map<Eigen::ArrayXcd>;
  Spectrum(spectrum.data(), static_cast<Index>(spectrum.size())) *=
      Eigen::Map<const Eigen::ArrayXcd>(transform_.data(), static_cast<Index>(transform_.size()));
  fft_->inverse(spectrum.data(), padded.data());
  std::copy_n(padded.begin(), n, y);
}

VectorXd CausalToeplitz::apply(const VectorXd& x) const {
  check_size(x.size(), rows());
  VectorXd y(rows());
  perform_op(x.data(), y.data());
  return y;
}

VectorXd CausalToeplitz::apply_adjoint(const VectorXd& x) const {
  return apply(x.reverse()).reverse();
}

VectorXd CausalToeplitz::solve(const VectorXd& y) const {
  check_size(y.size(), rows());
  VectorXd x = y;
  solve_in_place(taps_, {x.data(), taps_.size()});
  return x;
}

std::vector<double> CausalToeplitz::inverse_taps() const {
  std::vector<double> b(taps_.size());
  b[0] = 1;
  solve_in_place(taps_, b);
  return b;
}

Eigen::MatrixXd CausalToeplitz::dense() const {
  const Index n = rows();
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  for (Index s = 0; s < n; ++s) matrix.col(s).tail(n - s) = ConstVector(taps_.data(), n - s);
  return matrix;
}

void ReversedToeplitz::perform_op(const double* x, double* y) const {
  toeplitz_.perform_op(x, y);
  std::reverse(y, y + rows());
}

Eigen::MatrixXd ReversedToeplitz::dense() const {
  return toeplitz_.dense().colwise().reverse();
}

}  // namespace tmm::model
