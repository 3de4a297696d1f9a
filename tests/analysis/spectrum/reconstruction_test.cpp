// SPDX-License-Identifier: MIT
#include "analysis/spectrum/reconstruction.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/random_network.hpp"
#include "model/network/tmm.hpp"

using namespace tmm;

TEST_CASE("of several averages of a block each reads all channels: equal ones come back alike") {
  model::StateDict state = test::random_state("averages", 8, 6, 30);
  model::StateDict equal(state.source());
  for (const auto& [name, tensor] : state.tensors()) {
    model::Tensor copy = tensor;
    if (name.ends_with("alpha_logits"))
      std::visit([](auto& logits) { std::fill(logits.begin(), logits.end(), 0.5F); }, copy.values);
    equal.insert(std::move(copy));
  }
  model::Assumptions assumptions;
  assumptions.context = model::Answer<std::size_t>{8, ""};
  const auto network = model::load_network<float>(equal, assumptions);
  const auto layers = model::toeplitz_layers(equal, assumptions);
  REQUIRE(layers.size() == 4);
  std::vector<std::int32_t> ids(16);
  std::iota(ids.begin(), ids.end(), 3);
  const auto found = analysis::reconstruct_all(network, layers, {2, ids, ids}, 1);
  REQUIRE(found.size() == 4);
  for (const std::size_t block : {0U, 2U}) {
    REQUIRE(found[block].float32.by_position.size() == 8);
    CHECK(found[block].float32.overall > 0);
    CHECK(found[block].float32.by_position == found[block + 1].float32.by_position);
  }
}
