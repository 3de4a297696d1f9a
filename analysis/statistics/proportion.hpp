// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tmm::analysis {

/// Bounds of a share.
struct ProportionInterval {
  double low = 0, high = 1;
};

/// Wilson's 95 % score interval (1927) for a share p̂ of n independent trials, z = 1.959964:
///   (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).
/// n need not be whole. Without trials 0 … 1.
ProportionInterval wilson_interval(double share, double trials);

/// A share of right answers, given in sequences. Answers of one sequence are not independent of each other;
/// sequences are.
class AnswerShare {
 public:
  /// What one sequence has given. One that was asked nothing does not count.
  void add(std::uint64_t answers, std::uint64_t correct);

  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  [[nodiscard]] std::uint64_t correct() const { return correct_; }
  [[nodiscard]] double share() const;  ///< NaN without answers

  /// n over the design effect (Kish 1965) where that is more than 1: how many independent answers would know
  /// the share as well. The effect is the variance of the share between sequences, as of a ratio of two sums
  /// (delta method), over p̂(1 − p̂)/n. Where all answers are right, or all wrong, nothing shows how much
  /// those of a sequence depend on each other, nor where there is one sequence: then the number of
  /// sequences, as if each had but one to give.
  [[nodiscard]] double effective_answers() const;
  /// Wilson's interval for as many answers.
  [[nodiscard]] ProportionInterval interval() const { return wilson_interval(share(), effective_answers()); }

 private:
  std::uint64_t sequences_ = 0, answers_ = 0, correct_ = 0;
  std::uint64_t answers_squared_ = 0, correct_squared_ = 0, products_ = 0;  // sums over sequences
};

}  // namespace tmm::analysis
