// SPDX-License-Identifier: MIT
#include "model/base/blas_buffers.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/base/parallel.hpp"

using namespace tmm::model;

TEST_CASE("blas buffers: not more than wanted, never more than there are places, at least one") {
  CHECK(reserve_blas_buffers(0) == 1);
  CHECK(reserve_blas_buffers(2) <= 2);
  CHECK(reserve_blas_buffers(100'000) <= 128);
}

TEST_CASE("parallel_for throws what the call of the lowest i threw") {
  for (const std::size_t threads : {1U, 4U}) {
    std::vector<int> calls(20, 0);
    try {
      parallel_for(calls.size(), threads, [&](std::size_t i, std::size_t) {
        calls[i] = 1;
        if (i == 7 || i == 13) throw std::runtime_error(std::to_string(i));
      });
      FAIL("nothing was thrown");
    } catch (const std::runtime_error& e) {
      CHECK(e.what() == std::string("7"));
    }
    CHECK(calls[7] == 1);
  }
}
