// SPDX-License-Identifier: MIT
#include "model/toeplitz/toeplitz_product.hpp"

namespace tmm::model {
namespace {

// The two cost the same near n = 450 on 4 channels or more, and near n = 250 on fewer (2-core AVX-512
// machine, tests/bench/network.cpp). Dense blocks stay up to the next power of two: there they lose 15% at
// most, each sum is accurate by itself, and no output feels a later input even by rounding.
constexpr std::size_t dense_up_to = 512;
constexpr std::size_t dense_up_to_on_few_channels = 256;
constexpr std::size_t few_channels = 4;

}  // namespace

template <NetworkScalar T>
ToeplitzMethod ToeplitzProduct<T>::choose(std::size_t n, std::size_t channels) {
  const std::size_t last = channels < few_channels ? dense_up_to_on_few_channels : dense_up_to;
  return n <= last ? ToeplitzMethod::dense : ToeplitzMethod::fft;
}

template <NetworkScalar T>
ToeplitzProduct<T>::ToeplitzProduct(std::size_t n, std::size_t channels, ToeplitzMethod method)
    : Base(n, method == ToeplitzMethod::automatic ? choose(n, channels) : method) {}

template <NetworkScalar T>
typename ToeplitzProduct<T>::Scratch ToeplitzProduct<T>::make_scratch() const {
  return fft_ ? Scratch(fft_->make_scratch()) : Scratch();
}

template <NetworkScalar T>
void ToeplitzProduct<T>::extend(Scratch& scratch) const {
  if (!scratch) scratch = make_scratch();
}

template <NetworkScalar T>
void ToeplitzProduct<T>::apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  if (dense_)
    dense_->apply_add(x, y);
  else
    fft_->apply_add(x, y, *scratch);
}

template class ToeplitzProduct<float>;
template class ToeplitzProduct<double>;

}  // namespace tmm::model
