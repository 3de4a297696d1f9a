// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/network_answers.hpp"
#include "apps/options/plane_options.hpp"
#include "apps/options/taps_options.hpp"

namespace tmm::apps {

/// The flags of tmm analyze.
struct AnalyzeFlags {
  std::vector<std::string> measures;
  std::vector<std::string> files;
  std::string format;
  std::string output, hdf5, resume;
  bool force = false;
  bool full = false;
  std::string layers, copy, cards;
  int threads = 0;
  std::string spectrum;
  std::vector<std::size_t> sections;
  std::vector<double> thresholds, absolute_thresholds;
  bool published_winding = false;
  bool certify = false;
  PlaneOptions plane;
  TapsOptions taps;
  std::size_t null_draws = 0;
  std::uint64_t seed = 1;
  bool residual = false;
  bool zeros = false;
  bool strict = false;
  bool assume_toeplitz = false;
  NetworkAnswers answers;
  std::optional<bool> progress;
  bool quiet = false;
};

/// Operators of which a document holds everything unless told otherwise.
constexpr std::size_t largest_whole_document = 256;

/// What tmm analyze does.
void run_analyze(const AnalyzeFlags& options);

}  // namespace tmm::apps
