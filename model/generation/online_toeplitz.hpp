// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "model/generation/token_mixing_cache.hpp"
#include "model/network/tmm.hpp"
#include "model/toeplitz/off_diagonal_product.hpp"

namespace tmm::model {

/// The products of one Toeplitz stage for inputs that come one position at a time,
///   y_t = Σ_{s≤t} w_{t−s} u_s   for every channel,
/// with heads and kernel rows as in ToeplitzStage; y_t is known before u_{t+1} comes.
///
/// What the m inputs of the prompt give to all later outputs is one product, formed at the start. Of what
/// comes after them, only the last few inputs (a block) are multiplied one by one. When r = U·(odd number)
/// inputs have come, U a power of two, the last U of them are multiplied into the next U outputs, a square
/// block of T; all these squares tile the triangle below the diagonal (van der Hoeven 2002, relaxed
/// multiplication with one factor known). Small squares are matrix products, large ones FFTs:
/// O(d log² n) operations a token, O(dn) numbers of memory for inputs and sums to come.
template <NetworkScalar T>
class OnlineToeplitz {
 public:
  /// Keeps copies of the taps only.
  OnlineToeplitz(const ToeplitzStage<T>& stage, std::size_t dimension, CacheMethod method);

  /// Begins with the inputs of a prompt (m, d), 0 ≤ m ≤ capacity ≤ n, and room for capacity − m further ones.
  void start(MatrixView<const T> prompt, std::size_t capacity, std::size_t threads);
  /// y (d) of the next input u (d). Takes no memory. Fewer than `capacity` inputs are behind it (not
  /// checked).
  void step(const T* u, T* y, std::size_t threads);
  /// Forgets all inputs behind the prompt.
  void rewind(std::size_t threads);

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Slice {
    std::size_t head, first, count;
  };
  using Products = std::vector<OffDiagonalProduct<T>>;  // head·k + row

  [[nodiscard]] std::span<const T> taps(std::size_t operator_index) const {
    return std::span(taps_).subspan(operator_index * context_, context_);
  }
  [[nodiscard]] Products plan(std::size_t length, std::size_t outputs, ToeplitzMethod method) const;
  void plan_squares(std::size_t steps, std::size_t threads);
  void multiply_prompt(std::size_t threads);
  void multiply_square(std::size_t threads);
  template <class Visit>
  void for_each_part(const Slice& slice, const Visit& visit) const;
  void apply(const Products& products, std::size_t first_input, MatrixView<T> sums,
             std::vector<typename OffDiagonalProduct<T>::Scratch>& scratch, std::size_t threads) const;

  CacheMethod method_;
  std::size_t dimension_, context_, kernel_rows_;
  std::vector<Slice> slices_, heads_;
  std::vector<T> taps_, reversed_;       // (H·k, n); reversed: position n − 1 − i holds w_i
  Products small_squares_;               // matrix products, of every size
  std::vector<Products> large_squares_;  // FFTs, each of twice the size of the one before
  std::vector<typename OffDiagonalProduct<T>::Scratch> scratch_;  // one for each thread
  AlignedVector<T> inputs_;                                       // u (capacity, d)
  AlignedVector<T> sums_;  // of outputs to come (capacity − m, d): all but their own block
  std::size_t prompt_ = 0, capacity_ = 0, position_ = 0;
  bool blocked_ = false, sums_are_the_prompts_ = false;
};

extern template class OnlineToeplitz<float>;
extern template class OnlineToeplitz<double>;

}  // namespace tmm::model
