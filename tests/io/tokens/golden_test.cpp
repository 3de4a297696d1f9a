// SPDX-License-Identifier: MIT
#include "io/tokens/golden.hpp"

#include <catch2/catch.hpp>

#include "io/checkpoint/checkpoint.hpp"
#include "support.hpp"

using namespace tmm;

namespace {

/// Differences of the network in `file` from its golden file, both in `folder` of the reference material.
template <class T>
std::optional<io::GoldenDifference> compare(const std::string& folder, const std::string& name) {
  const std::string file = test::shared_file(folder + "/" + name + ".h5");
  const std::string golden = test::shared_file(folder + "/" + name + ".golden.h5");
  if (file.empty() || golden.empty()) {
    WARN(name << ": reference material is not here, nothing is compared");
    return std::nullopt;
  }
  const auto network = model::load_network<T>(io::read_checkpoint(file));
  return io::compare_with_golden(network, io::read_golden(golden, network.architecture), 2);
}

}  // namespace

TEST_CASE("every variant reproduces its reference, in float and in double") {
  const std::string name = GENERATE("flat", "heads", "expanded", "heads_expanded", "kernel", "tied",
                                    "autoencoder", "autoencoder_heads");
  CAPTURE(name);
  if (const auto found = compare<float>("reference/variants", name)) {
    CHECK(found->loss_relative < 1e-5);
    CHECK(found->logits.value().largest < 1e-4 * found->logits->scale);
    CHECK(found->block_output.size() >= 2);
    for (const auto& [block, difference] : found->block_output) {
      CAPTURE(block);
      CHECK(difference.largest < 1e-4 * difference.scale);
    }
  }
  if (const auto found = compare<double>("reference/variants", name)) {
    CHECK(found->loss_relative < 1e-10);
    CHECK(found->logits.value().largest < 1e-10 * found->logits->scale);
    for (const auto& [block, difference] : found->block_output) {
      CAPTURE(block);
      CHECK(difference.largest < 1e-10 * difference.scale);
    }
  }
}

TEST_CASE("trained models reproduce their reference") {
  const std::string name = GENERATE("clm_flat", "clm_h4", "copy_flat", "ae_flat");
  CAPTURE(name);
  if (const auto found = compare<float>("checkpoints", name)) {
    CHECK(found->loss.value().largest < 1e-4);
    CHECK(found->logits.value().largest < 1e-3);
  }
}
