// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace tmm::model {

/// Random numbers that are the same, bit for bit, on every machine: integer arithmetic (xoshiro256++,
/// Blackman & Vigna 2019) and, for normal numbers, basic operations that IEEE 754 rounds correctly, with a
/// logarithm of its own; nothing of the C library. `state()` is the whole state.
class RandomSource {
 public:
  using State = std::array<std::uint64_t, 4>;

  /// The source named by a seed and any further numbers (tensor, step, sequence …): sources of different
  /// names are independent for every practical purpose (each word passes through splitmix64).
  explicit RandomSource(std::initializer_list<std::uint64_t> name);
  explicit RandomSource(const State& state) : state_(state) {}
  [[nodiscard]] const State& state() const { return state_; }

  std::uint64_t bits();  ///< 64 of them
  /// Uniform on {0, …, bound − 1}, bound ≥ 1, without bias (Lemire 2019).
  std::uint64_t below(std::uint64_t bound);
  double uniform();  ///< on [0, 1), a multiple of 2⁻⁵³
  /// Standard normal (polar method of Marsaglia; the second number of a pair is not kept, so that the state
  /// stays four words).
  double normal();

 private:
  State state_{};
};

/// Natural logarithm of a positive normal number, to about 2 units of the last place, from + − × ÷ alone.
double portable_log(double x);

}  // namespace tmm::model
