// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/measures/report.hpp"
#include "analysis/oracle/measure_truths.hpp"

namespace tmm::test {

/// What a run over many operators has seen.
struct Tally {
  std::size_t operators = 0;
  std::size_t untested = 0;  ///< of these: the truth costs too much, so nothing was compared
  std::size_t certified = 0, numerical = 0, bounds = 0, undecided = 0;  ///< values of these statuses
  std::size_t exceeded = 0;             ///< numerical values off by more than ten times their stated error
  std::map<std::string, double> worst;  ///< by measure: largest |value − truth|/error of numerical values
  std::map<std::string, std::size_t> open;  ///< by measure: how often it was undecided
  std::vector<std::string>
      violations;  ///< certified statements and printed digits that are wrong, and the like
  std::vector<std::string> estimates;  ///< error estimates exceeded tenfold

  void merge(const Tally& other);
};

/// Holds every measure of a report against the truth, by its own status and error:
///   certified         |value − truth| ≤ error
///   numerical         the same counted: more than ten times the error goes to `estimates`
///   below precision   the value is a bound on its side
///   not defined       so is the quantity, or no normal double holds it
///   undecided         never the index of up to 256 weights
/// and the printed number (io/report/format_measure.hpp) against its promise: the truth lies within one unit
/// of the last digit. Violations name the operator by `label`.
void check_claims(Tally& tally, const analysis::OperatorReport& report, const Truths& truths,
                  const std::string& label);

}  // namespace tmm::test
