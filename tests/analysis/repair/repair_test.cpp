// SPDX-License-Identifier: MIT
#include "analysis/repair/repair.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::IndexStatus, analysis::repair, analysis::RepairTarget, analysis::winding_number;
using Kind = RepairTarget::Kind;
using test::Taps;

namespace {

/// |a| at angles that are not those of the transform.
std::vector<double> moduli(const Taps& taps) {
  std::vector<double> values;
  for (int k = 0; k < 150; ++k) values.push_back(std::abs(test::symbol_at(taps, 0.0013 + k * 3.1415 / 150)));
  return values;
}

void check_modulus(const analysis::Repair& done, const std::vector<double>& before) {
  const auto after = moduli(done.reflection.taps);
  double error = 0, largest = 0;
  for (std::size_t k = 0; k < before.size(); ++k) {
    error = std::fmax(error, std::fabs(after[k] - before[k]));
    largest = std::fmax(largest, before[k]);
  }
  CHECK(error < 1e-12 * largest);
  CHECK(done.reflection.modulus_error < 1e-12);
  CHECK(done.reflection.truncated < 1e-11);
}

}  // namespace

TEST_CASE("repaired layers have the modulus of before and the index that was asked for") {
  for (const char* file : {"clm_flat.h5", "copy_flat.h5", "clm_h4.h5", "ae_flat.h5"})
    for (const auto& layer : test::trained_operators(file)) {
      if (layer.head.value_or(0) > 0) continue;  // one head a block will do
      CAPTURE(file, layer.name);
      const auto before = moduli(layer.taps);
      const auto n = static_cast<std::int64_t>(layer.taps.size());
      const auto least = repair(layer.taps, {Kind::minimum_phase});
      REQUIRE(least.before.status == IndexStatus::certified);
      check_modulus(least, before);
      CHECK(static_cast<std::int64_t>(least.outward) == least.before.number);
      const auto after = winding_number(least.reflection.taps);
      CHECK(after.status == IndexStatus::certified);
      CHECK(after.number == 0);
      const auto most = repair(layer.taps, {Kind::maximum_phase});
      check_modulus(most, before);
      const auto reversed = winding_number(most.reflection.taps);
      CHECK(reversed.status == IndexStatus::certified);
      CHECK(reversed.number == n - 1);
      const auto same = static_cast<std::size_t>(least.before.number);
      for (const std::size_t wanted : {same, same + 2, std::size_t{2}, same / 4 * 2}) {
        analysis::Repair some;
        try {
          some = repair(layer.taps, {Kind::index, wanted});
        } catch (const ArgumentError&) {
          continue;  // no real zero, and the other parity
        }
        check_modulus(some, before);
        const auto index = winding_number(some.reflection.taps);
        CHECK(index.status == IndexStatus::certified);
        CHECK(index.number == static_cast<std::int64_t>(wanted));
        if (wanted == same) CHECK(some.reflection.taps == layer.taps);
        CHECK(some.reflection.change <= std::sqrt(2.0) * (1 + 1e-12));
      }
      const auto drawn = repair(layer.taps, {Kind::random, 0, 7});
      check_modulus(drawn, before);
      CHECK(drawn.outward + drawn.inward + 1 >= least.outward);
      CHECK(drawn.outward + drawn.inward <= least.outward);
    }
}

TEST_CASE("the minimum-phase factor has the largest first tap of all with its modulus") {
  // |w_0| = Π|z_j| |w_{n−1}|: reflecting a zero outward multiplies it by 1/|z|² (Robinson 1962).
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Taps taps = test::gaussian_taps(40, seed);
    const auto least = repair(taps, {Kind::minimum_phase}), most = repair(taps, {Kind::maximum_phase});
    const auto drawn = repair(taps, {Kind::random, 0, seed});
    CHECK(std::fabs(least.reflection.taps[0]) >= std::fabs(taps[0]) * (1 - 1e-12));
    CHECK(std::fabs(least.reflection.taps[0]) >= std::fabs(drawn.reflection.taps[0]) * (1 - 1e-12));
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const double mirrored = most.reflection.taps[taps.size() - 1 - k];
      CHECK(std::fabs(std::fabs(mirrored) - std::fabs(least.reflection.taps[k])) < 1e-11);
    }
  }
}

TEST_CASE("an operator without inner zeros comes back bit for bit") {
  for (const Taps& taps : {Taps{2, 1}, Taps{1}, Taps{-3, 1, 1, 0.5, 0}, Taps{1, 0x1p-1070}}) {
    const auto done = repair(taps, {Kind::minimum_phase});
    CHECK(done.reflection.taps == taps);
    CHECK(done.outward + done.inward == 0);
    CHECK(done.reflection.change == 0);
  }
}

TEST_CASE("zeros on the circle are counted and left") {
  const auto alone = repair(Taps{1, 1}, {Kind::minimum_phase});
  CHECK(alone.before.status == IndexStatus::not_fredholm);
  CHECK(alone.on_circle == 1);
  CHECK(alone.reflection.taps == Taps{1, 1});
  // (1 + z)(1 + 2z) → (1 + z)(2 + z)
  const auto beside = repair(Taps{1, 3, 2}, {Kind::minimum_phase});
  CHECK(beside.on_circle == 1);
  CHECK(beside.outward == 1);
  const Taps expected{2, 3, 1};
  for (std::size_t k = 0; k < 3; ++k) CHECK(std::fabs(beside.reflection.taps[k] - expected[k]) < 1e-14);
  // (1 − z + z²)(1 − 3z): a pair on the circle, at e^{±iπ/3}
  const auto pair = repair(test::multiply({1, -1, 1}, {1, -3}), {Kind::maximum_phase});
  CHECK(pair.on_circle == 2);
  CHECK(pair.inward == 0);
}

TEST_CASE("a delay becomes the identity, and back") {
  const auto done = repair(Taps{0, 0, 4, 0}, {Kind::minimum_phase});
  CHECK(done.outward == 2);
  CHECK(done.reflection.taps[0] == Approx(4));
  for (std::size_t k = 1; k < 4; ++k) CHECK(std::fabs(done.reflection.taps[k]) < 1e-15);
}

TEST_CASE("what cannot be repaired is refused, saying why") {
  CHECK_THROWS_AS(repair(Taps{}, {}), ArgumentError);
  CHECK_THROWS_AS(repair(Taps{0, 0, 0}, {}), ArgumentError);
  CHECK_THROWS_AS(repair(Taps{1, std::numeric_limits<double>::infinity()}, {}), ArgumentError);
  CHECK_THROWS_AS(repair(Taps{1, 0, 2}, {Kind::index, 1}), ArgumentError);  // a pair alone
  CHECK_THROWS_AS(repair(Taps{1, 2}, {Kind::index, 2}), ArgumentError);
}
