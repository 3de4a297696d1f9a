// SPDX-License-Identifier: MIT
#include "io/run/training_config.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "model/base/error.hpp"

using namespace tmm;
using io::TrainingConfig;

namespace {

std::string refusal(auto change) {
  TrainingConfig config;
  config.random = true;
  change(config);
  try {
    io::check_training_config(config);
  } catch (const ArgumentError& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a configuration that cannot be trained names its option") {
  using Catch::Contains;
  CHECK(refusal([](auto&) {}).empty());
  CHECK_THAT(refusal([](auto& c) { c.objective = "translate"; }),
             Contains("--objective") && Contains("translate"));
  CHECK_THAT(refusal([](auto& c) { c.toeplitz = "Free"; }),
             Contains("--toeplitz") && Contains("minimum-phase"));
  CHECK_THAT(refusal([](auto& c) { c.init = "zeros"; }), Contains("--init"));
  CHECK_THAT(refusal([](auto& c) { c.decay = "step"; }), Contains("--decay"));
  CHECK_THAT(refusal([](auto& c) { c.random = false; }), Contains("nothing to train on"));
  CHECK_THAT(refusal([](auto& c) { c.text = {"a"}; }), Contains("more than one source"));
  CHECK_THAT(refusal([](auto& c) { c.dataset = "x"; }), Contains("--dataset"));
  CHECK_THAT(refusal([](auto& c) { c.validation = 1; }), Contains("--validation"));
  CHECK_THAT(refusal([](auto& c) { c.validation = NAN; }), Contains("--validation"));
  CHECK_THAT(refusal([](auto& c) { c.steps = 0; }), Contains("--steps"));
  CHECK_THAT(refusal([](auto& c) { c.warmup = 5000; }), Contains("--warmup"));
  CHECK_THAT(refusal([](auto& c) { c.batch = 0; }), Contains("--batch"));
  CHECK_THAT(refusal([](auto& c) { c.learning_rate = -1; }), Contains("--learning-rate"));
  CHECK_THAT(refusal([](auto& c) { c.weight_decay = INFINITY; }), Contains("--weight-decay"));
  CHECK_THAT(refusal([](auto& c) { c.clip = -1; }), Contains("--clip"));
  CHECK_THAT(refusal([](auto& c) { c.context = 1; }), Contains("--context"));
  CHECK_THAT(refusal([](auto& c) { c.toeplitz = "minimum-phase", c.context = 10000; }), Contains("8192"));
}

TEST_CASE("the warm-up is a tenth of a short run") {
  TrainingConfig config;
  config.steps = 70;
  io::complete_training_config(config);
  CHECK(config.warmup == 7);
  config.steps = 7000;
  config.warmup.reset();
  io::complete_training_config(config);
  CHECK(config.warmup == 200);
}

TEST_CASE("a configuration holds every path that is UTF-8, and refuses others") {
  TrainingConfig config;
  config.text = {"with blank, comma [and] brackets", "a\"b\\c#d\ne"};
  CHECK_THAT(training_config_toml(config),
             Catch::Contains("text = [\"with blank, comma [and] brackets\", \"a\\\"b\\\\c#d\\u000ae\"]\n"));
  config.text = {"good", "latin-1 \xe9"};
  CHECK_THROWS_AS(training_config_toml(config), ArgumentError);
}

TEST_CASE("numbers of a configuration are numbers of TOML") {
  TrainingConfig config;
  config.clip = 3;
  config.seed = std::numeric_limits<std::int64_t>::max();
  CHECK_THAT(training_config_toml(config),
             Catch::Contains("clip = 3.0\n") && Catch::Contains("seed = 9223372036854775807\n"));
  ++config.seed;
  CHECK_THAT(training_config_toml(config), Catch::Contains("seed = \"9223372036854775808\"\n"));
}
