// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Takes the report of operator i; calls come one at a time, in order of i.
using Deliver = std::function<void(std::size_t i, OperatorReport&& report)>;

/// Passes reports on in the order of their operators, whatever the order in which threads finish them. Those
/// that wait for an earlier one are held; of too much memory held, operators that are not awaited wait to
/// begin, so that memory does not grow with their number.
class OrderedDelivery {
 public:
  explicit OrderedDelivery(Deliver deliver) : deliver_(std::move(deliver)) {}
  OrderedDelivery(const OrderedDelivery&) = delete;
  OrderedDelivery& operator=(const OrderedDelivery&) = delete;

  /// Whether so much is held that operators should begin in order.
  [[nodiscard]] bool is_crowded() const;
  /// Whether operator i may begin.
  [[nodiscard]] bool has_turn(std::size_t i) const;
  /// Waits until operator i may begin. Operators must begin in order.
  void await_turn(std::size_t i);
  /// Delivers all that is due, in this thread or in that which is at it. Throws what delivering throws.
  void put(std::size_t i, OperatorReport report);
  /// After operator i has failed: only those before it are delivered, and nobody waits for it.
  void end_before(std::size_t i);

 private:
  [[nodiscard]] bool may_begin(std::size_t i) const;  // with mutex_ held

  mutable std::mutex mutex_;
  std::condition_variable room_;
  Deliver deliver_;
  std::map<std::size_t, OperatorReport> held_;
  std::size_t next_ = 0, bytes_ = 0;
  std::size_t end_ = std::numeric_limits<std::size_t>::max();
  bool delivering_ = false;
};

}  // namespace tmm::analysis
