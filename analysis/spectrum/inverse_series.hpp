// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/base/arb.hpp"

namespace tmm::analysis {

/// A polynomial or truncated power series with ball coefficients; owns its memory.
class BallSeries {
 public:
  BallSeries() { arb_poly_init(series_); }
  ~BallSeries() { arb_poly_clear(series_); }
  BallSeries(const BallSeries&) = delete;
  BallSeries& operator=(const BallSeries&) = delete;

  [[nodiscard]] arb_poly_struct* get() { return series_; }
  [[nodiscard]] const arb_poly_struct* get() const { return series_; }

 private:
  arb_poly_t series_;
};

/// Σ_k taps[k] z^k with exact coefficients.
void set_series(BallSeries& series, std::span<const long double> taps);
void set_series(BallSeries& series, std::span<const double> taps);

/// b = 1/a mod z^n in balls of `precision` bits, n = number of taps, taps[0] ≠ 0.
void invert_series(BallSeries& inverse, std::span<const long double> taps, long precision);

/// Size of the first n coefficients of a series: log2 of upper bounds.
struct SeriesSize {
  double largest;  ///< of max |b_k|
  double radius;   ///< of the largest radius: the absolute accuracy; −∞ if all are exact
};

SeriesSize size_of(const BallSeries& series);

}  // namespace tmm::analysis
