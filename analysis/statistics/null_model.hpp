// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "model/checkpoint/families/family.hpp"

namespace tmm::analysis {

/// Measures of freshly initialised layers, as training starts from them: model::NullModel, for most weights
/// that are normal with mean 0 and standard deviation √(2/n), rounded to float32.
struct NullSample {
  std::size_t length = 0;  ///< n
  std::size_t draws = 0;
  std::uint64_t seed = 0;
  std::map<std::string, std::vector<double>, std::less<>>
      values;  ///< by measure: the draws in which it is a number
};

/// `draws` layers of n weights, analysed in parallel (threads as in analyze_all). Draw i depends on seed, n
/// and i alone. residual: of I + T instead of T, for reports of such operators. Throws ArgumentError where
/// `null` says that there is none.
NullSample draw_null_sample(std::size_t n, std::size_t draws, std::uint64_t seed,
                            const AnalyzeOptions& options = {}, int threads = 0,
                            const model::NullModel& null = model::reference_null_model(),
                            bool residual = false, const Progress& progress = {});

/// One entry for every measure of `report` that is a finite number here and in at least two draws.
std::vector<NullComparison> compare_with_null(const OperatorReport& report, const NullSample& sample);

}  // namespace tmm::analysis
