// SPDX-License-Identifier: MIT
#include "analysis/base/library_versions.hpp"

#include <mpfr.h>

#include "analysis/base/arb.hpp"

extern "C" char* openblas_get_config(void);

namespace tmm::analysis {

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {
#if __FLINT_RELEASE < 30000  // FLINT 3 contains Arb
    {"Arb", arb_version},
#endif
        {"FLINT", flint_version}, {"MPFR", mpfr_get_version()}, {
      "BLAS", openblas_get_config()
    }
  };
}

}  // namespace tmm::analysis
