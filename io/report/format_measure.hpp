// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "analysis/base/measure.hpp"

namespace tmm::io {

/// Where a printed number may lie relative to the number itself: a printed lower bound is rounded down, a
/// printed upper bound up, so that it still is one.
enum class Rounding { nearest, down, up };

/// How a number is put into a narrow place.
struct NumberStyle {
  int digits = 4;  ///< at most this many significant digits; fewer where fewer are known
  Rounding rounding = Rounding::nearest;
  bool scientific = false;  ///< always d.de±xx, for columns that span decades
  int decimals = -1;  ///< if not negative: at most so many digits after the point, where that leaves one
};

/// `value` in decimal, cut at its error: the last printed digit has a unit u ≥ 2·error. Rounded to nearest
/// the printed number is within one u of the truth. Rounded down or up it lies on that side of `value`, by
/// less than one u, and so within 1.5 u of the truth: a lower bound keeps its digits where its way to the
/// truth (at most u/2) crosses one. Exact integers (error 0) are printed whole. Where not even the first
/// digit is known the answer is "0±E" with |truth| ≤ E. Infinities are "inf" and "-inf".
std::string format_number(double value, double error, NumberStyle style = {});

/// How tables, pages and papers print this measure: a proven lower bound is rounded down.
NumberStyle measure_style(std::string_view id);

/// format_number for certified and numerical; "<B" for an upper bound B (rounded up),
/// ">B" for a lower one (rounded down); "?" for undecided; "-"
/// for not defined.
std::string format_measure(const analysis::Measure& measure, NumberStyle style = {});

}  // namespace tmm::io
