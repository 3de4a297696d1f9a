// SPDX-License-Identifier: MIT
#include "analysis/ordered_delivery.hpp"

#include <algorithm>
#include <utility>

namespace tmm::analysis {
namespace {

constexpr std::size_t most_held = std::size_t{64} << 20U;  // bytes: about 1,000 operators of n = 512

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
  return values.capacity() * sizeof(T);
}

/// About what a report takes in memory.
std::size_t memory_of(const OperatorReport& report) {
  const auto& layer = report.layer;
  std::size_t bytes = sizeof report + bytes_of(layer.taps) + bytes_of(layer.matrix) +
                      bytes_of(layer.network_taps) + bytes_of(layer.row_divisor);
  for (const auto* spectrum : {&report.spectrum, &report.divided})
    if (*spectrum) bytes += bytes_of((*spectrum)->values);
  if (report.plane)
    bytes += bytes_of(report.plane->log10_resolvent) + bytes_of(report.plane->relative_error) +
             bytes_of(report.plane->winding_number);
  if (report.zeros) bytes += bytes_of(report.zeros->zeros);
  constexpr std::size_t words = 100;  // of a measure's method
  bytes += report.measures.size() * (sizeof(NamedMeasure) + words);
  for (const Section& section : report.sections)
    bytes += section.measures.size() * (sizeof(NamedMeasure) + words);
  return bytes + bytes_of(report.null);
}

}  // namespace

bool OrderedDelivery::may_begin(std::size_t i) const {
  return i >= end_ || bytes_ <= most_held || i == next_;
}

bool OrderedDelivery::is_crowded() const {
  const std::scoped_lock lock(mutex_);
  return bytes_ > most_held / 2;
}

bool OrderedDelivery::has_turn(std::size_t i) const {
  const std::scoped_lock lock(mutex_);
  return may_begin(i);
}

void OrderedDelivery::await_turn(std::size_t i) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return may_begin(i); });
}

void OrderedDelivery::put(std::size_t i, OperatorReport report) {
  std::unique_lock lock(mutex_);
  if (i >= end_) return;
  bytes_ += memory_of(report);
  held_.emplace(i, std::move(report));
  if (delivering_) return;
  delivering_ = true;
  while (!held_.empty() && held_.begin()->first == next_) {
    OperatorReport due = std::move(held_.begin()->second);
    held_.erase(held_.begin());
    bytes_ -= memory_of(due);
    lock.unlock();
    try {
      deliver_(next_, std::move(due));
    } catch (...) {
      end_before(next_);
      throw;
    }
    lock.lock();
    ++next_;
    room_.notify_all();
  }
  delivering_ = false;
}

void OrderedDelivery::end_before(std::size_t i) {
  const std::scoped_lock lock(mutex_);
  end_ = std::min(end_, i);
  for (auto held = held_.lower_bound(end_); held != held_.end(); held = held_.erase(held))
    bytes_ -= memory_of(held->second);
  room_.notify_all();
}

}  // namespace tmm::analysis
