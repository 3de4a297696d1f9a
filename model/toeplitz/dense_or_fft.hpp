// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "model/base/error.hpp"

namespace tmm::model {

enum class ToeplitzMethod { automatic, dense, fft };

/// What product and gradient of a causal Toeplitz operator have in common: n taps, and one of two methods
/// that knows what to do with them, chosen when it is made.
template <class T, class Dense, class Fft>
class DenseOrFft {
 public:
  [[nodiscard]] ToeplitzMethod method() const { return dense_ ? ToeplitzMethod::dense : ToeplitzMethod::fft; }

  /// taps[k] = w_k; those from n on are not used. Throws ArgumentError if there are fewer than n.
  void set_taps(std::span<const T> taps) {
    if (taps.size() < n_)
      throw ArgumentError("too few taps", {"", "", std::to_string(n_), std::to_string(taps.size()), ""});
    if (dense_)
      dense_->set_taps(taps.first(n_));
    else
      fft_->set_taps(taps.first(n_));
  }

 protected:
  /// `method` is not automatic. Throws ArgumentError if n = 0.
  DenseOrFft(std::size_t n, ToeplitzMethod method) : n_(n) {
    if (n == 0) throw ArgumentError("a Toeplitz product needs at least one tap");
    if (method == ToeplitzMethod::dense)
      dense_.emplace(n);
    else
      fft_.emplace(n);
  }

  std::size_t n_;
  std::optional<Dense> dense_;  // one of the two
  std::optional<Fft> fft_;
};

}  // namespace tmm::model
