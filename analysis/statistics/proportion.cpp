// SPDX-License-Identifier: MIT
#include "analysis/statistics/proportion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tmm::analysis {

ProportionInterval wilson_interval(double share, double trials) {
  if (!(trials > 0)) return {};
  constexpr double z = 1.959963984540054;
  const double n = trials, scale = 1 + z * z / n, middle = share + z * z / (2 * n);
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At shares of 0 and 1 the bound is the share itself, which rounding must not pass.
  const double low = share <= 0 ? 0 : (middle - half) / scale,
               high = share >= 1 ? 1 : (middle + half) / scale;
  return {std::clamp(low, 0.0, 1.0), std::clamp(high, 0.0, 1.0)};
}

void AnswerShare::add(std::uint64_t answers, std::uint64_t correct) {
  if (answers == 0) return;
  ++sequences_;
  answers_ += answers;
  correct_ += correct;
  answers_squared_ += answers * answers;
  correct_squared_ += correct * correct;
  products_ += answers * correct;
}

double AnswerShare::share() const {
  return answers_ == 0 ? std::numeric_limits<double>::quiet_NaN()
                       : static_cast<double>(correct_) / static_cast<double>(answers_);
}

double AnswerShare::effective_answers() const {
  const auto n = static_cast<double>(answers_), sequences = static_cast<double>(sequences_);
  if (sequences_ < 2 || correct_ == 0 || correct_ == answers_) return sequences;
  const double p = share();
  const double squares = static_cast<double>(correct_squared_) - 2 * p * static_cast<double>(products_) +
                         p * p * static_cast<double>(answers_squared_);
  const double variance = sequences / (sequences - 1) * squares / (n * n);
  const double effect = variance / (p * (1 - p) / n);
  return n / std::max(1.0, effect);
}

}  // namespace tmm::analysis
