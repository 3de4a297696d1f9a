// SPDX-License-Identifier: MIT
#include "analysis/measures/spectrum_measures.hpp"

#include <catch2/catch.hpp>

#include "analysis/measures/symbol_distribution.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::Status;

TEST_CASE("nothing that comes from singular values is known where these fail an identity") {
  analysis::OperatorReport report;
  report.layer.name = "w";
  report.layer.taps = test::gaussian_taps(12, 3);
  report.spectrum = analysis::singular_spectrum(report.layer.taps);
  report.spectrum->determinant.outcome = analysis::IdentityCheck::Outcome::failed;
  append_spectrum_measures(report, {});
  append_distribution_measures(report);
  for (const char* id :
       {"sigma_max", "log10_sigma_min", "condition", "log10_condition", "stable_rank", "effective_rank",
        "effective_index_float16", "numerical_rank_float16", "avram_parter_distance"}) {
    CAPTURE(id);
    CHECK(report.find(id)->status == Status::undecided);
  }
  CHECK(report.find("log_abs_det_per_row")->status == Status::numerical);  // of w_0 alone
}
