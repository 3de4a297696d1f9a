// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace tmm::test {

/// A kind of symbol that is hard for some method or other, drawn at random: at most `largest` weights, all
/// finite.
struct SymbolKind {
  std::string_view name;
  std::vector<double> (*draw)(std::mt19937_64& random, std::size_t largest);
};

/// Random weights of all four number types, planted zeros at 1 ± 2^−j, multiple zeros, palindromes,
/// cyclotomic products, lacunary symbols, exponents spread over the range of double, subnormal and huge
/// weights, clusters, delays, powers, almost vanishing first and last weights.
const std::vector<SymbolKind>& symbol_kinds();

}  // namespace tmm::test
