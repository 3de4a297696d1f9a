// SPDX-License-Identifier: MIT
#include "model/checkpoint/explicit_taps.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm::model;
using Catch::Contains;

namespace {

StateDict state_with(std::vector<std::size_t> shape, std::vector<double> values) {
  StateDict state("file");
  state.insert({{"l.0.k", std::move(shape), DType::float64}, std::move(values)});
  return state;
}

std::vector<LayerOperator> operators(const StateDict& state, const TapsRequest& request) {
  ChosenTaps chosen = choose_taps(state.infos(), request, "file");
  return explicit_operators(state, request, chosen);
}

}  // namespace

TEST_CASE("explicit taps: one operator a row, named by its place") {
  const auto rank1 = operators(state_with({3}, {1, 2, 3}), {.glob = "*.k"});
  REQUIRE(rank1.size() == 1);
  CHECK(rank1[0].name == "l.0.k");
  const auto rank2 = operators(state_with({2, 3}, {1, 2, 3, 4, 5, 6}), {.glob = "*.k"});
  REQUIRE(rank2.size() == 2);
  CHECK(rank2[1].name == "l.0.k[1]");
  CHECK(rank2[1].taps == std::vector<double>{4, 5, 6});
  const auto rank3 = operators(state_with({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), {.glob = "*.k"});
  REQUIRE(rank3.size() == 4);
  CHECK(rank3[2].name == "l.0.k[1,0]");
  CHECK(rank3[2].taps == std::vector<double>{5, 6});
}

TEST_CASE("explicit taps: transpose, reverse, soft threshold and addition to tap 0 in this order") {
  StateDict state = state_with({3, 2}, {1, -2, 3, 4, 0.25, 6});  // rows in time: (1, 3, 0.25), (-2, 4, 6)
  state.insert({{"l.0.D", {2}, DType::float64}, std::vector<double>{0x1p-60, 10}});
  const auto rows = operators(state, {.glob = "*.k",
                                      .transpose = true,
                                      .reverse = true,
                                      .transform = TapsRequest::Transform::soft_threshold,
                                      .threshold = 0.5,
                                      .add_to_first = "*.D"});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].taps == std::vector<double>{0x1p-60, 2.5, 0.5});
  CHECK(rows[1].taps == std::vector<double>{15.5, 3.5, -1.5});
  CHECK(rows[0].tap_error_l1 == 0);
  CHECK(rows[0].derivation ==
        "time taken from the first axis, reversed, soft threshold 0.5, *.D added to tap 0");
}

TEST_CASE("explicit taps: what is added to tap 0 is an unevaluated sum, exact") {
  StateDict state = state_with({1, 2}, {1, 2});
  state.insert({{"l.0.D", {1}, DType::float64}, std::vector<double>{0x1p-60}});
  const auto rows = operators(state, {.glob = "*.k", .add_to_first = "*.D"});
  CHECK(rows[0].taps[0] == 1);
  CHECK(rows[0].rest == 0x1p-60);
}

TEST_CASE("explicit taps: shapes that do not fit are kept in a list, and nothing that fits is an error") {
  StateDict state = state_with({2, 3}, {1, 2, 3, 4, 5, 6});
  state.insert({{"m.k", {1, 1, 1, 2}, DType::float64}, std::vector<double>{1, 2}});
  const ChosenTaps chosen = choose_taps(state.infos(), {.glob = "*.k"}, "file");
  CHECK(chosen.weights == std::vector<std::string>{"l.0.k"});
  REQUIRE(chosen.unfit.size() == 1);
  CHECK(chosen.unfit[0].name == "m.k");
  CHECK_THROWS_WITH(choose_taps(state.infos(), {.glob = "m.*"}, "file"), Contains("(1, 1, 1, 2)"));
  CHECK_THROWS_WITH(choose_taps(state.infos(), {.glob = "nothing"}, "file"), Contains("l.0.k"));
}

TEST_CASE("explicit taps: additions must pair with arrays and rows") {
  StateDict state = state_with({2, 3}, {1, 2, 3, 4, 5, 6});
  state.insert({{"l.0.D", {3}, DType::float64}, std::vector<double>{1, 2, 3}});
  CHECK_THROWS_AS(choose_taps(state.infos(), {.glob = "*.k", .add_to_first = "*.D"}, "file"),
                  tmm::FormatError);
  CHECK_THROWS_AS(choose_taps(state.infos(), {.glob = "*.k", .add_to_first = "none"}, "file"),
                  tmm::FormatError);
}
