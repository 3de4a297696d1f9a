// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>

#include "analysis/oracle/exact_symbol.hpp"

namespace tmm::test {

/// What is true of a measure: an enclosure, ±∞, or that it does not exist. `unknown` where the oracle does
/// not say.
struct Truth {
  enum class Kind { unknown, number, plus_infinity, minus_infinity, undefined } kind = Kind::unknown;
  Ball value;

  static Truth number(Ball value) { return {Kind::number, std::move(value)}; }
  static Truth number(std::int64_t value) { return number(Ball(static_cast<double>(value))); }
  static Truth infinity() { return {Kind::plus_infinity, {}}; }
  static Truth undefined() { return {Kind::undefined, {}}; }
};

/// By the names that reports use; see docs/measures.md.
using Truths = std::map<std::string, Truth, std::less<>>;

/// Of the measures that need zeros alone: winding number, index, rounding variants, Jensen's defect, smallest
/// zero, predicted indices. `rounded` adds the variants, `range` margin and maximum (a polynomial of twice
/// the degree), `radius` the index radius (a search over the circle).
struct TruthOptions {
  bool rounded = true;
  bool range = true;
  bool radius = true;
};
void add_symbol_truths(Truths& truths, const ExactSymbol& symbol, const TruthOptions& options = {});

/// Of the measures of the singular values of T_n; see exact_spectrum for what it costs.
void add_spectrum_truths(Truths& truths, const ExactSymbol& symbol);

}  // namespace tmm::test
