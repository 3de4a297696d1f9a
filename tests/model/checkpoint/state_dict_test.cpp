// SPDX-License-Identifier: MIT
#include "model/checkpoint/state_dict.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"

using namespace tmm;
using model::DType, model::StateDict, model::Tensor;

TEST_CASE("a float64 tensor keeps every bit, and rounds only when float is asked for") {
  const double third = 1.0 / 3.0;
  const Tensor t{{"w", {1}, DType::float64}, std::vector<double>{third}};
  CHECK(t.as_double().front() == third);
  CHECK(t.as_float().front() == static_cast<float>(third));
}

TEST_CASE("a state dictionary refuses a second tensor of the same name, naming file and tensor") {
  StateDict state("model.h5");
  state.insert({{"w", {1}, DType::float32}, std::vector<float>{1}});
  CHECK_THROWS_WITH(state.insert({{"w", {1}, DType::float32}, std::vector<float>{2}}),
                    Catch::Contains("model.h5") && Catch::Contains("w"));
  CHECK_THROWS_AS(state.at("absent"), FormatError);
  CHECK(state.find("absent") == nullptr);
}
