// SPDX-License-Identifier: MIT
#include "io/run/training_data.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "model/base/error.hpp"
#include "model/network/cross_entropy.hpp"

using namespace tmm;
using io::TrainingConfig, io::TrainingData;

namespace {

TrainingConfig small(const std::string& objective = "clm") {
  TrainingConfig config;
  config.objective = objective;
  config.context = 8, config.dim = 8, config.blocks = 1, config.vocabulary = 5000, config.batch = 4;
  return config;
}

/// A stream in which every token tells its place.
io::Tokens counting(std::size_t count, std::size_t row_length = 0) {
  io::Tokens tokens{"numbers", std::vector<std::int32_t>(count), row_length};
  std::iota(tokens.ids.begin(), tokens.ids.end(), 0);
  return tokens;
}

TrainingData make(const TrainingConfig& config, io::Tokens tokens) {
  return {std::move(tokens), config, model::plan_architecture(network_sizes(config))};
}

}  // namespace

TEST_CASE("no token of a stream serves both training and validation, and none is left out") {
  const auto data = make(small(), counting(1000));
  CHECK(data.training_tokens() == 950);
  CHECK(data.length() == 8);
  REQUIRE(data.validation().count() == 6);
  CHECK(data.validation().ids.front() == 950);
  std::set<std::int32_t> seen;
  for (std::uint64_t step = 1; step <= 2000; ++step) {
    const auto batch = data.batch(step);
    REQUIRE(batch.sequences == 4);
    REQUIRE(batch.length() == 8);
    seen.insert(batch.ids.begin(), batch.ids.end());
    for (std::size_t i = 0; i < batch.ids.size(); ++i)
      REQUIRE((i % 8 == 7 ? batch.labels[i] == model::ignored_label : batch.labels[i] == batch.ids[i] + 1));
  }
  CHECK(*seen.begin() == 0);
  CHECK(*seen.rbegin() == 949);
  CHECK(seen.size() == 950);
}

TEST_CASE("batches are a function of seed and step") {
  auto config = small();
  const auto data = make(config, counting(1000)), same = make(config, counting(1000));
  config.seed = 2;
  const auto other = make(config, counting(1000));
  for (const std::uint64_t step : {7U, 1U, 7U}) CHECK(data.batch(step).ids == same.batch(step).ids);
  CHECK(data.batch(1).ids != data.batch(2).ids);
  CHECK(data.batch(1).ids != other.batch(1).ids);
}

TEST_CASE("copy writes half a context twice and asks for the second half") {
  for (const bool random : {false, true}) {
    auto config = small("copy");
    config.random = random;
    const auto data = make(config, random ? io::Tokens{} : counting(1000));
    for (const auto& batch : {data.batch(3), make_batch(data.validation(), 0, 4, data.objective())})
      for (std::size_t s = 0; s < 4; ++s)
        for (std::size_t t = 0; t < 8; ++t) {
          CHECK(batch.ids[8 * s + t] == batch.ids[8 * s + t % 4]);
          CHECK(batch.labels[8 * s + t] ==
                (t < 3 || t == 7 ? model::ignored_label : batch.ids[8 * s + t + 1]));
        }
  }
}

TEST_CASE("an autoencoder is asked for what it reads") {
  const auto data = make(small("autoencoder"), counting(1000));
  CHECK(data.batch(5).labels == data.batch(5).ids);
}

TEST_CASE("rows are cut by rows, and rows that are doubled already stay as they are") {
  auto config = small();
  config.validation = 0.1;
  const auto rows = make(config, counting(120, 6));
  CHECK(rows.length() == 6);
  CHECK(rows.training_tokens() == 18 * 6);
  CHECK(rows.validation().ids.front() == 18 * 6);
  for (std::size_t i = 0; i < 24; i += 6) CHECK(rows.batch(1).ids[i] % 6 == 0);
  io::Tokens doubled{"doubled", {}, 6};
  for (int row = 0; row < 20; ++row)
    for (int t = 0; t < 6; ++t) doubled.ids.push_back(10 * row + t % 3);
  CHECK(make(small("copy"), doubled).length() == 6);
}

TEST_CASE("synthetic data validates on sequences of its own") {
  auto config = small();
  config.random = true;
  config.vocabulary = 64;
  config.eval_sequences = 5;
  const auto data = make(config, {});
  CHECK(data.validation().count() == 5);
  CHECK(data.batch(1).ids != data.batch(2).ids);
  config.validation = 0;
  CHECK(make(config, {}).validation().count() == 0);
}

TEST_CASE("too little data is an error that says how much is needed") {
  using Catch::Contains;
  CHECK_THROWS_WITH(make(small(), counting(15)),
                    Contains("numbers") && Contains("16 or more") && Contains("15"));
  CHECK_NOTHROW(make(small(), counting(16)));
  CHECK_THROWS_WITH(make(small(), counting(6, 6)), Contains("2 or more"));
  auto config = small();
  config.validation = 0;
  CHECK_NOTHROW(make(config, counting(8)));
}

TEST_CASE("the fingerprint of data changes with any token, their order and their cut into rows") {
  auto swapped = counting(1000);
  std::swap(swapped.ids[3], swapped.ids[700]);
  const auto config = small();
  const std::set<std::uint64_t> prints{
      make(config, counting(1000)).fingerprint(), make(config, counting(1001)).fingerprint(),
      make(config, counting(1000, 8)).fingerprint(), make(config, swapped).fingerprint()};
  CHECK(prints.size() == 4);
}

TEST_CASE("rows of n + 1 tokens train on n labels, and padding is no label of rows or streams") {
  auto config = small();
  const auto longer = make(config, counting(450, 9));
  CHECK(longer.length() == 8);
  const auto batch = longer.batch(3);
  REQUIRE(batch.labels.size() == 4 * 8);
  for (std::size_t i = 0; i < batch.ids.size(); ++i) CHECK(batch.labels[i] == batch.ids[i] + 1);
  REQUIRE(longer.validation().labels.size() == longer.validation().ids.size());
  CHECK(longer.validation().labels.back() == 449);

  io::Tokens padded = counting(400, 8);
  for (std::size_t i = 0; i < padded.ids.size(); ++i)
    if (i % 8 >= 5) padded.ids[i] = -1;
  padded.ignored = -1;
  const auto rows = make(config, padded).batch(1);
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    CHECK(rows.ids[i] >= 0);
    CHECK(rows.labels[i] == (i % 8 < 4 ? rows.ids[i] + 1 : model::ignored_label));
  }
  io::Tokens stream = counting(400);
  stream.ignored = 7;
  for (std::size_t i = 0; i < stream.ids.size(); i += 3) stream.ids[i] = 7;
  const auto drawn = make(config, stream).batch(1);
  CHECK(std::ranges::count(drawn.ids, 7) > 0);
  CHECK(std::ranges::count(drawn.labels, 7) == 0);
  stream.ignored = -1;
  stream.ids[3] = -1;
  CHECK_THROWS_AS(make(config, stream), FormatError);
  auto other = counting(400, 8);
  other.ignored = 5;
  CHECK(make(config, other).fingerprint() != make(config, counting(400, 8)).fingerprint());
}
