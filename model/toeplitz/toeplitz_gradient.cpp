// SPDX-License-Identifier: MIT
#include "model/toeplitz/toeplitz_gradient.hpp"

#include <algorithm>

namespace tmm::model {
namespace {

// Where the two cost about the same (2-core AVX-512 machine, tests/bench/training.cpp). The way back makes
// two dense products, but only three transforms for the two of the way forth: FFT wins earlier than there.
constexpr std::size_t dense_up_to = 256;
constexpr std::size_t dense_up_to_on_some_channels = 128;
constexpr std::size_t dense_up_to_on_few_channels = 64;
constexpr std::size_t some_channels = 16;
constexpr std::size_t few_channels = 4;

}  // namespace

template <NetworkScalar T>
ToeplitzMethod ToeplitzGradient<T>::choose(std::size_t n, std::size_t channels) {
  const std::size_t last = channels < few_channels    ? dense_up_to_on_few_channels
                           : channels < some_channels ? dense_up_to_on_some_channels
                                                      : dense_up_to;
  return n <= last ? ToeplitzMethod::dense : ToeplitzMethod::fft;
}

template <NetworkScalar T>
ToeplitzGradient<T>::ToeplitzGradient(std::size_t n, std::size_t channels, ToeplitzMethod method)
    : Base(n, method == ToeplitzMethod::automatic ? choose(n, channels) : method) {}

template <NetworkScalar T>
typename ToeplitzGradient<T>::Scratch ToeplitzGradient<T>::make_scratch() const {
  Scratch scratch;
  extend(scratch);
  return scratch;
}

template <NetworkScalar T>
void ToeplitzGradient<T>::extend(Scratch& scratch) const {
  if (dense_ && scratch.panel.empty()) scratch.panel = dense_->make_panel();
  if (fft_ && !scratch.fft) scratch.fft = fft_->make_scratch();
}

template <NetworkScalar T>
void ToeplitzGradient<T>::start(Scratch& scratch) const {
  if (dense_)
    std::fill(scratch.panel.begin(), scratch.panel.end(), T{0});
  else
    std::fill(scratch.fft->sum.begin(), scratch.fft->sum.end(), std::complex<T>{});
}

template <NetworkScalar T>
void ToeplitzGradient<T>::add(MatrixView<const T> x, MatrixView<const T> gy, MatrixView<T> gx,
                              Scratch& scratch) const {
  if (fft_) return fft_->add(x, gy, gx, *scratch.fft);
  dense_->apply_add(gy, gx);
  dense_->correlate_add(x, gy, scratch.panel);
}

template <NetworkScalar T>
void ToeplitzGradient<T>::finish(Scratch& scratch, std::span<T> gw) const {
  if (dense_)
    dense_->fold(scratch.panel, gw);
  else
    fft_->fold(*scratch.fft, gw);
}

template class ToeplitzGradient<float>;
template class ToeplitzGradient<double>;

}  // namespace tmm::model
