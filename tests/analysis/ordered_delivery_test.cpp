// SPDX-License-Identifier: MIT
#include "analysis/ordered_delivery.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace tmm;
using analysis::OperatorReport, analysis::OrderedDelivery;

namespace {

OperatorReport numbered(std::size_t i, std::size_t taps = 1) {
  OperatorReport report;
  report.layer.block = static_cast<int>(i);
  report.layer.taps.assign(taps, 0.0);
  return report;
}

}  // namespace

TEST_CASE("reports are delivered in order whatever the order in which threads finish them") {
  std::vector<std::size_t> order(500);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  std::vector<std::size_t> delivered;
  OrderedDelivery delivery([&](std::size_t i, OperatorReport&& report) {
    CHECK(report.layer.block == static_cast<int>(i));
    delivered.push_back(i);
  });
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (std::size_t k = next++; k < order.size(); k = next++) delivery.put(order[k], numbered(order[k]));
    });
  for (std::thread& thread : threads) thread.join();
  REQUIRE(delivered.size() == order.size());
  CHECK(std::is_sorted(delivered.begin(), delivered.end()));
}

TEST_CASE("of too much memory held only the awaited operator begins, and a failure frees those who wait") {
  std::size_t delivered = 0;
  OrderedDelivery delivery([&](std::size_t, OperatorReport&&) { ++delivered; });
  constexpr std::size_t large = 10'000'000;  // 80 MB of taps
  delivery.await_turn(1);
  delivery.put(1, numbered(1, large));
  std::atomic<bool> began = false;
  std::thread waiting([&] {
    delivery.await_turn(2);
    began = true;
  });
  delivery.await_turn(0);  // it is awaited: never waits
  CHECK_FALSE(began);
  delivery.end_before(1);  // operator 1 is lost, and what comes after it
  waiting.join();
  CHECK(began);
  delivery.put(0, numbered(0));
  delivery.put(2, numbered(2));
  CHECK(delivered == 1);
}

TEST_CASE("what delivering throws is thrown, and nothing is delivered after it") {
  std::vector<std::size_t> delivered;
  OrderedDelivery delivery([&](std::size_t i, OperatorReport&&) {
    if (i == 1) throw std::runtime_error("the disk is full");
    delivered.push_back(i);
  });
  delivery.put(2, numbered(2));
  delivery.put(1, numbered(1));
  CHECK_THROWS_WITH(delivery.put(0, numbered(0)), "the disk is full");
  delivery.put(3, numbered(3));
  CHECK(delivered == std::vector<std::size_t>{0});
}
