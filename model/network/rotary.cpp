// SPDX-License-Identifier: MIT
#include "model/network/rotary.hpp"

#include <cmath>

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

/// Row x of `heads` heads, each of 2·pairs channels; sign −1 turns back.
template <class T>
TMM_INLINE void turn_row(T* x, std::size_t heads, std::size_t pairs, const T* cosines, const T* sines,
                         T scale, T sign) {
  for (std::size_t h = 0; h < heads; ++h) {
    T* head = x + 2 * h * pairs;
#pragma omp simd
    for (std::size_t i = 0; i < pairs; ++i) {
      const T a = head[2 * i], b = head[2 * i + 1], c = scale * cosines[i], s = scale * sign * sines[i];
      head[2 * i] = a * c - b * s;
      head[2 * i + 1] = a * s + b * c;
    }
  }
}

template <class T>
struct Turn {
  std::size_t m, pairs, first;
  const T *cosines, *sines;
  T scale, sign;
};

template <class T>
TMM_INLINE void turn_rows(MatrixView<T> x, const Turn<T>& turn) {
  const std::size_t heads = x.cols / (2 * turn.pairs);
  for (std::size_t row = 0; row < x.rows; ++row) {
    const std::size_t t = turn.first + row % turn.m;
    turn_row(x.row(row), heads, turn.pairs, turn.cosines + t * turn.pairs, turn.sines + t * turn.pairs,
             turn.scale, turn.sign);
  }
}

TMM_VECTOR_CLONES void run(MatrixView<float> x, const Turn<float>& turn) {
  turn_rows(x, turn);
}

void run(MatrixView<double> x, const Turn<double>& turn) {
  turn_rows(x, turn);
}

}  // namespace

std::vector<float> rotary_frequencies(std::size_t w) {
  std::vector<float> frequencies;
  for (std::size_t i = 0; 2 * i < w; ++i)
    frequencies.push_back(
        static_cast<float>(std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(w))));
  return frequencies;
}

template <NetworkScalar T>
Rotation<T>::Rotation(std::span<const T> frequencies, std::size_t length)
    : pairs_(frequencies.size()), cosines_(length * pairs_), sines_(length * pairs_) {
  for (std::size_t t = 0; t < length; ++t)
    for (std::size_t i = 0; i < pairs_; ++i) {
      const double angle = static_cast<double>(t) * static_cast<double>(frequencies[i]);
      cosines_[t * pairs_ + i] = static_cast<T>(std::cos(angle));
      sines_[t * pairs_ + i] = static_cast<T>(std::sin(angle));
    }
}

template <NetworkScalar T>
void Rotation<T>::turn(MatrixView<T> x, std::size_t m, T scale, std::size_t first) const {
  run(x, {m, pairs_, first, cosines_.data(), sines_.data(), scale, T{1}});
}

template <NetworkScalar T>
void Rotation<T>::turn_back(MatrixView<T> x, std::size_t m, T scale) const {
  run(x, {m, pairs_, 0, cosines_.data(), sines_.data(), scale, T{-1}});
}

template class Rotation<float>;
template class Rotation<double>;

}  // namespace tmm::model
