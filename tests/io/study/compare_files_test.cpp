// SPDX-License-Identifier: MIT
#include "io/study/compare_files.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"

using namespace tmm;
using Catch::Contains;

namespace {

const std::string data = std::string(TMM_SOURCE_DIR) + "/tests/data/";

io::AnalysisReport analysis_of(const std::string& file, bool residual = false) {
  io::AnalysisRequest request;
  request.residual = residual;
  const std::vector<std::string> files{data + file};
  return io::analyze_files(files, request);
}

}  // namespace

TEST_CASE("study: comparing analyses that are there is comparing their files") {
  io::ComparisonRequest request;
  request.resamples = 100;
  request.a = {data + "clm_flat_toeplitz.h5"};
  request.b = {data + "copy_flat_toeplitz.h5"};
  const io::ComparisonReport of_files = io::compare_files(request);
  const io::ComparisonReport of_reports =
      io::compare_reports(analysis_of("clm_flat_toeplitz.h5"), analysis_of("copy_flat_toeplitz.h5"), request);
  CHECK(io::comparison_json(of_reports) == io::comparison_json(of_files));
}

TEST_CASE("study: analyses of T and of I + T are not compared, nor is a group of none") {
  const io::ComparisonRequest request;
  const io::AnalysisReport t = analysis_of("clm_flat_toeplitz.h5"),
                           residual = analysis_of("copy_flat_toeplitz.h5", true);
  CHECK_THROWS_WITH(io::compare_reports(t, residual, request), Contains("of another kind"));
  CHECK_THROWS_WITH(io::compare_reports(t, {}, request), Contains("a group needs a checkpoint"));
  CHECK_THROWS_WITH(io::compare_files({}), Contains("a group needs a checkpoint"));
}
