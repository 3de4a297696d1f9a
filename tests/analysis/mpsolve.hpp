// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <vector>

#include "analysis/symbols.hpp"
#include "support.hpp"

namespace tmm::test {

inline bool mpsolve_present() {
  return run("command -v mpsolve").exit_code == 0;
}

struct MpsolveCount {
  long inside = -1, uncertain = -1;
};

/// MPSolve (Bini & Fiorentino, Numer. Algorithms 23, 2000) counts the zeros in the open unit disc of Σ c_k
/// z^k; `imaginary`: of c_0, what makes them complex unless it is 0.
inline MpsolveCount count_with_mpsolve(const std::vector<std::int64_t>& c, const TemporaryFolder& folder,
                                       std::int64_t imaginary = 0) {
  const std::string input = folder.file("a.pol");
  std::ofstream file(input);
  const bool real = imaginary == 0;
  file << "Monomial;\nDegree=" << c.size() - 1 << ";\n" << (real ? "Real" : "Complex");
  file << ";\nInteger;\nDense;\n\n";
  for (std::size_t k = 0; k < c.size(); ++k) {
    file << c[k];
    if (!real) file << ' ' << (k == 0 ? imaginary : 0);
    file << '\n';
  }
  file.close();
  const CommandResult result = run("timeout 120 mpsolve -j 1 -G c -S i " + input);
  MpsolveCount count;
  long outside = 0;
  if (std::sscanf(result.out.c_str(), "%ld roots are inside; %ld roots are outside; %ld roots are uncertain",
                  &count.inside, &outside, &count.uncertain) != 3)
    return {};
  return count;
}

/// Integers c_k = w_k·2^bits, exact.
struct IntegerTaps {
  std::vector<std::int64_t> values;  ///< empty if they need more than 62 bits
  int bits = 0;
};

inline IntegerTaps to_integers(const Taps& taps) {
  int high = -5000, low = 5000;
  for (const double w : taps)
    if (w != 0) {
      int e = 0;
      const double fraction = std::frexp(w, &e);
      auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
      int zeros = 0;
      for (; mantissa % 2 == 0; mantissa /= 2) ++zeros;
      high = std::max(high, e);
      low = std::min(low, e - 53 + zeros);
    }
  if (high - low > 62) return {};
  IntegerTaps integers{{}, -low};
  for (const double w : taps) integers.values.push_back(static_cast<std::int64_t>(std::ldexp(w, -low)));
  return integers;
}

}  // namespace tmm::test
