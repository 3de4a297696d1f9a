// SPDX-License-Identifier: MIT
#include "analysis/base/library_versions.hpp"

#include <arb.h>
#include <flint/flint.h>
#include <mpfr.h>

extern "C" char* openblas_get_config(void);

namespace tmm::analysis {

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {{"Arb", arb_version},
          {"FLINT", flint_version},
          {"MPFR", mpfr_get_version()},
          {"BLAS", openblas_get_config()}};
}

}  // namespace tmm::analysis
