// SPDX-License-Identifier: MIT
#include "model/training/learning_rate.hpp"

#include <catch2/catch.hpp>

using tmm::model::Decay, tmm::model::Schedule;

TEST_CASE("the learning rate rises by a line and falls as it was asked to") {
  for (const Decay decay : {Decay::linear, Decay::cosine, Decay::constant}) {
    const Schedule schedule{3, 10, 109, decay};
    CHECK(schedule.rate(1) == Approx(0.3));
    CHECK(schedule.rate(10) == Approx(3));
    for (std::uint64_t s = 11; s <= 109; ++s) {
      CHECK(schedule.rate(s) > 0);
      if (decay == Decay::constant)
        CHECK(schedule.rate(s) == 3);
      else
        CHECK(schedule.rate(s) < schedule.rate(s - 1));
    }
  }
  CHECK(Schedule{3, 10, 109, Decay::linear}.rate(60) == Approx(1.5));  // x = ½
  CHECK(Schedule{3, 10, 109, Decay::cosine}.rate(60) == Approx(1.5));
  CHECK(Schedule{3, 10, 109, Decay::cosine}.rate(35) == Approx(3 * 0.853553390593274));
  CHECK(Schedule{3, 0, 9, Decay::linear}.rate(1) == Approx(2.7));  // no warm-up
  CHECK(Schedule{3, 9, 9, Decay::linear}.rate(9) == Approx(3));    // nothing else
}
