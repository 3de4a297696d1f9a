// SPDX-License-Identifier: MIT
#include "model/generation/online_toeplitz.hpp"

#include <algorithm>

#include "model/base/blas_threads.hpp"
#include "model/base/parallel.hpp"
#include "model/generation/vector_products.hpp"
#include "model/network/kernel_rows.hpp"
#include "model/network/stage_taps.hpp"

namespace tmm::model {
namespace {

// Inputs that are multiplied one by one: they stay in the first cache.
constexpr std::size_t block = 32;
// The largest square that is a matrix product, where OffDiagonalProduct::choose changes over.
constexpr std::size_t largest_small_square = 128;
// Further outputs from which on it pays to form their sums together.
constexpr std::size_t least_blocked_steps = 3;
// Channels that a thread takes at a time, and products below which one thread does all: others that are busy
// elsewhere would be waited for.
constexpr std::size_t channels_of_slice = 64;
constexpr std::size_t least_shared = std::size_t{1} << 25;

}  // namespace

template <NetworkScalar T>
OnlineToeplitz<T>::OnlineToeplitz(const ToeplitzStage<T>& stage, std::size_t dimension, CacheMethod method)
    : method_(method),
      dimension_(dimension),
      context_(stage.context),
      kernel_rows_(stage.rows),
      taps_(derive_taps(stage)),
      reversed_(taps_.size()) {
  const std::size_t width = dimension / stage.heads;
  for (std::size_t head = 0; head < stage.heads; ++head) {
    heads_.push_back({head, head * width, width});
    for (std::size_t first = 0; first < width; first += channels_of_slice)
      slices_.push_back({head, head * width + first, std::min(channels_of_slice, width - first)});
  }
  for (std::size_t i = 0; i < taps_.size(); i += context_)
    std::reverse_copy(taps_.data() + i, taps_.data() + i + context_, reversed_.data() + i);
}

/// Calls visit(operator, first input channel, first output channel, channels) for each operator that writes
/// into a slice.
template <NetworkScalar T>
template <class Visit>
void OnlineToeplitz<T>::for_each_part(const Slice& slice, const Visit& visit) const {
  for (std::size_t i = 0; i < kernel_rows_; ++i) {
    const auto [read, write, count] =
        kernel_row_channels(kernel_rows_, i, slice.first, slice.first + slice.count);
    if (count != 0) visit(slice.head * kernel_rows_ + i, read, write, count);
  }
}

template <NetworkScalar T>
typename OnlineToeplitz<T>::Products OnlineToeplitz<T>::plan(std::size_t length, std::size_t outputs,
                                                             ToeplitzMethod method) const {
  Products products;
  for (std::size_t i = 0; i < taps_.size() / context_; ++i)
    products.emplace_back(taps(i), length, outputs, method);
  return products;
}

template <NetworkScalar T>
void OnlineToeplitz<T>::plan_squares(std::size_t steps, std::size_t threads) {
  if (steps > block) {
    std::size_t side = block;  // of the largest square
    while (2 * side < steps && side < largest_small_square) side *= 2;
    if (small_squares_.empty() || small_squares_.front().length() < 2 * side)
      small_squares_ = plan(2 * side, side, ToeplitzMethod::dense);
  }
  for (std::size_t level = 0, side = 2 * largest_small_square; side < steps; ++level, side *= 2)
    if (level == large_squares_.size()) large_squares_.push_back(plan(2 * side, side, ToeplitzMethod::fft));
  const auto& largest = large_squares_.empty() ? small_squares_ : large_squares_.back();
  if (largest.empty()) return;
  scratch_.clear();
  for (std::size_t i = 0; i < threads; ++i) scratch_.push_back(largest.front().make_scratch());
}

template <NetworkScalar T>
void OnlineToeplitz<T>::start(MatrixView<const T> prompt, std::size_t capacity, std::size_t threads) {
  prompt_ = position_ = prompt.rows;
  capacity_ = capacity;
  const std::size_t steps = capacity - prompt_;
  blocked_ =
      method_ == CacheMethod::blocked || (method_ == CacheMethod::automatic && steps >= least_blocked_steps);
  inputs_.resize(capacity * dimension_);
  for (std::size_t t = 0; t < prompt_; ++t)
    std::copy_n(prompt.row(t), dimension_, inputs_.data() + t * dimension_);
  sums_.resize(blocked_ ? steps * dimension_ : 0);
  if (!blocked_) return;
  plan_squares(steps, threads);
  multiply_prompt(threads);
}

template <NetworkScalar T>
void OnlineToeplitz<T>::multiply_prompt(std::size_t threads) {
  std::ranges::fill(sums_, T{0});
  sums_are_the_prompts_ = true;
  const std::size_t steps = capacity_ - prompt_;
  if (steps == 0 || prompt_ == 0) return;
  const Products products = plan(capacity_, steps, OffDiagonalProduct<T>::choose(prompt_, steps));
  std::vector<typename OffDiagonalProduct<T>::Scratch> scratch;
  for (std::size_t i = 0; i < threads; ++i) scratch.push_back(products.front().make_scratch());
  apply(products, 0, {sums_.data(), steps, dimension_}, scratch, threads);
}

/// Adds what the inputs first_input … position − 1 give to `sums`, which begin at the position.
template <NetworkScalar T>
void OnlineToeplitz<T>::apply(const Products& products, std::size_t first_input, MatrixView<T> sums,
                              std::vector<typename OffDiagonalProduct<T>::Scratch>& scratch,
                              std::size_t threads) const {
  const std::size_t count = position_ - first_input;
  const MatrixView<const T> in(inputs_.data() + first_input * dimension_, count, dimension_);
  if (count * sums.rows * dimension_ < least_shared) threads = 1;
  const OneBlasThread one_blas_thread;
  parallel_for(slices_.size(), threads, [&](std::size_t slice, std::size_t worker) {
    for_each_part(slices_[slice], [&](std::size_t i, std::size_t from, std::size_t to, std::size_t channels) {
      products[i].apply_add(in.middle_cols(from, channels), sums.middle_cols(to, channels), scratch[worker]);
    });
  });
}

template <NetworkScalar T>
void OnlineToeplitz<T>::multiply_square(std::size_t threads) {
  const std::size_t behind = position_ - prompt_, side = behind & (~behind + 1);
  const std::size_t outputs = std::min(side, capacity_ - position_);
  const Products* products = &small_squares_;
  for (std::size_t level = 0, small = largest_small_square; small < side; ++level, small *= 2)
    products = &large_squares_[level];
  sums_are_the_prompts_ = false;
  apply(*products, position_ - side, {sums_.data() + behind * dimension_, outputs, dimension_}, scratch_,
        threads);
}

template <NetworkScalar T>
void OnlineToeplitz<T>::step(const T* u, T* y, std::size_t threads) {
  const std::size_t t = position_, behind = t - prompt_;
  std::copy_n(u, dimension_, inputs_.data() + t * dimension_);
  const std::size_t first = blocked_ ? t - behind % block : 0;
  if (blocked_)
    std::copy_n(sums_.data() + behind * dimension_, dimension_, y);
  else
    std::fill_n(y, dimension_, T{0});
  const MatrixView<const T> inputs(inputs_.data() + first * dimension_, t + 1 - first, dimension_);
  for (const Slice& head : heads_)
    for_each_part(head, [&](std::size_t i, std::size_t from, std::size_t to, std::size_t channels) {
      const T* reversed = reversed_.data() + (i + 1) * context_ - (t + 1 - first);
      add_weighted_rows(reversed, inputs.middle_cols(from, channels), y + to);
    });
  ++position_;
  if (blocked_ && (behind + 1) % block == 0 && position_ < capacity_) multiply_square(threads);
}

template <NetworkScalar T>
void OnlineToeplitz<T>::rewind(std::size_t threads) {
  position_ = prompt_;
  if (blocked_ && !sums_are_the_prompts_) multiply_prompt(threads);
}

template <NetworkScalar T>
std::size_t OnlineToeplitz<T>::bytes() const {
  std::size_t bytes = (inputs_.size() + sums_.size() + taps_.size() + reversed_.size()) * sizeof(T);
  const auto add = [&](const Products& products) {
    for (const auto& product : products) bytes += product.bytes();
  };
  add(small_squares_);
  for (const Products& products : large_squares_) add(products);
  for (const auto& scratch : scratch_)
    bytes += scratch.columns.size() * sizeof(T) + scratch.spectrum.size() * sizeof(std::complex<T>);
  return bytes;
}

template class OnlineToeplitz<float>;
template class OnlineToeplitz<double>;

}  // namespace tmm::model
