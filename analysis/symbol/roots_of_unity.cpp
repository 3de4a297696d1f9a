// SPDX-License-Identifier: MIT
#include "analysis/symbol/roots_of_unity.hpp"

#include <mpfr.h>

#include <bit>
#include <cfloat>

namespace tmm::analysis {

static_assert(LDBL_MANT_DIG >= 64, "the error bound of RootsOfUnity needs a long double of at least 64 bits");

RootsOfUnity::RootsOfUnity(std::size_t order)
    : order_(order), shift_((static_cast<int>(std::bit_width(order)) - 1) / 2) {
  mpfr_t pi, angle, sine, cosine;
  mpfr_inits2(128, pi, angle, sine, cosine, nullptr);
  mpfr_const_pi(pi, MPFR_RNDN);
  const auto fill = [&](std::vector<Extended>& table, std::size_t count, std::size_t stride) {
    table.resize(count);
    for (std::size_t j = 0; j < count; ++j) {
      mpfr_mul_ui(angle, pi, 2 * j * stride, MPFR_RNDN);
      mpfr_div_ui(angle, angle, order_, MPFR_RNDN);
      mpfr_sin_cos(sine, cosine, angle, MPFR_RNDN);
      table[j] = {mpfr_get_ld(cosine, MPFR_RNDN), mpfr_get_ld(sine, MPFR_RNDN)};
    }
  };
  const std::size_t block = std::size_t{1} << shift_;
  fill(fine_, block, 1);
  fill(coarse_, order_ / block, block);
  mpfr_clears(pi, angle, sine, cosine, nullptr);
}

std::shared_ptr<const RootsOfUnity> RootsOfUnity::table(std::size_t order) {
  static SharedBySize<RootsOfUnity> tables;
  return tables.get(order);
}

}  // namespace tmm::analysis
