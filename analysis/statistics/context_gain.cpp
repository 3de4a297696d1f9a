// SPDX-License-Identifier: MIT
#include "analysis/statistics/context_gain.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t least_length = 16;

SequenceMean mean_of(const std::vector<double>& values) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<double>(values.size());
  if (values.empty()) return {nan, nan};
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  const double mean = sum / count;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return {mean, values.size() < 2 ? nan : std::sqrt(squares / (count - 1) / count)};
}

/// Mean loss of the labelled positions first … end − 1; NaN if there are none.
double mean_loss(std::span<const model::TokenLoss> losses, std::size_t first, std::size_t end) {
  double sum = 0;
  std::size_t count = 0;
  for (const model::TokenLoss& token : losses.subspan(first, end - first))
    if (token.counted) sum += token.loss, ++count;
  return sum / static_cast<double>(count);
}

double slope_of(std::span<const model::TokenLoss> losses) {
  double count = 0, x_sum = 0, y_sum = 0;
  for (std::size_t t = 0; t < losses.size(); ++t) {
    if (!losses[t].counted) continue;
    ++count;
    x_sum += std::log(static_cast<double>(t + 1));
    y_sum += losses[t].loss;
  }
  double xx = 0, xy = 0;
  for (std::size_t t = 0; t < losses.size(); ++t) {
    if (!losses[t].counted) continue;
    const double x = std::log(static_cast<double>(t + 1)) - x_sum / count;
    xx += x * x;
    xy += x * (losses[t].loss - y_sum / count);
  }
  return xy / xx;
}

}  // namespace

ContextGainTotals::ContextGainTotals(std::size_t length) : length_(length) {
  if (length < least_length)
    throw ArgumentError(
        "sequences too short to see what context is worth",
        {"", "", std::to_string(least_length) + " tokens or more", std::to_string(length), ""});
  windows_.early_first = length / 16;
  windows_.early_end = windows_.early_first + length / 8;
  windows_.late_end = length - 1;  // the last position has no label
  windows_.late_first = windows_.late_end - length / 8;
}

void ContextGainTotals::add(std::span<const model::TokenLoss> losses) {
  for (std::size_t start = 0; start + length_ <= losses.size(); start += length_)
    add_sequence(losses.subspan(start, length_));
}

void ContextGainTotals::add_sequence(std::span<const model::TokenLoss> losses) {
  const double early = mean_loss(losses, windows_.early_first, windows_.early_end),
               late = mean_loss(losses, windows_.late_first, windows_.late_end);
  if (std::isnan(early) || std::isnan(late)) return;
  early_.push_back(early);
  late_.push_back(late);
  slope_.push_back(slope_of(losses));
}

ContextGain ContextGainTotals::result() const {
  ContextGain gain = windows_;
  gain.sequences = early_.size();
  std::vector<double> differences;
  for (std::size_t i = 0; i < early_.size(); ++i) differences.push_back(late_[i] - early_[i]);
  gain.early = mean_of(early_);
  gain.late = mean_of(late_);
  gain.score = mean_of(differences);
  gain.slope = mean_of(slope_);
  return gain;
}

}  // namespace tmm::analysis
