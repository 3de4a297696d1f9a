// SPDX-License-Identifier: MIT
#include "io/tokens/golden.hpp"

#include <catch2/catch.hpp>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/tokens/forward_writer.hpp"
#include "model/base/error.hpp"
#include "model/network/random_network.hpp"
#include "model/pass/evaluator.hpp"
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

TEST_CASE("golden outputs of some positions are compared at those, and refused where nothing says which") {
  const test::TemporaryFolder folder;
  const auto network = model::load_network<double>(test::random_state("flat"));
  const std::size_t m = 9, v = network.architecture.vocabulary, d = network.architecture.embedding;
  const std::vector<std::int64_t> ids{3, 1, 4, 1, 5, 9, 2, 6, 5};
  const std::string all = folder.file("all.h5");
  {
    io::ForwardWriter<double> writer(network, {1, m}, all, folder.file("blocks.h5"));
    model::TokenBatch batch;
    batch.sequences = 1;
    batch.ids.assign(ids.begin(), ids.end());
    batch.labels.assign(m, model::ignored_label);
    std::vector<model::TokenLoss> losses(m);
    model::Evaluator<double>(network, m, 1).run(batch, losses, &writer);
    writer.finish();
  }
  const auto logits = io::read_array<double>(all, "logits");
  const auto block = io::read_array<double>(folder.file("blocks.h5"), "block_output/mixer_blocks.0");
  const auto rows = [](const io::Array<double>& array, const std::vector<std::int64_t>& positions) {
    const std::size_t width = array.shape[2];
    std::vector<double> values;
    for (const std::int64_t t : positions) {
      const auto row = std::span(array.values).subspan(static_cast<std::size_t>(t % 9) * width, width);
      values.insert(values.end(), row.begin(), row.end());
    }
    return values;
  };
  const auto write = [&](const std::string& dataset, const std::vector<std::int64_t>& stored,
                         const std::vector<std::int64_t>& positions) {
    io::ArrayWriter file(folder.file("g.h5"));
    file.dataset("input_ids", std::vector<std::size_t>{1, m}, ids);
    file.dataset("labels", std::vector<std::size_t>{1, m}, ids);
    file.dataset(dataset, std::vector<std::size_t>{1, stored.size(), v}, rows(logits, stored));
    if (positions.empty() || positions.size() == stored.size())
      file.dataset("block_output/mixer_blocks.0",
                   std::vector<std::size_t>{1, positions.empty() ? m : stored.size(), d},
                   positions.empty() ? block.values : rows(block, positions));
    if (!positions.empty()) file.dataset("positions", std::vector<std::size_t>{positions.size()}, positions);
    file.finish(true);
    return io::read_golden(folder.file("g.h5"), network.architecture);
  };
  const auto difference = [&](const io::Golden& golden) {
    const auto found = io::compare_with_golden(network, golden, 1);
    CHECK(found.logits.value().scale > 0);
    CHECK(found.block_output.at("mixer_blocks.0").largest == 0);
    return found.logits->largest;
  };
  CHECK(difference(write("logits", {0, 1, 2, 3, 4, 5, 6, 7, 8}, {})) == 0);
  CHECK(difference(write("logits", {0, 1, 2, 3, 4, 5, 6, 7}, {})) == 0);  // the last predicts nothing
  CHECK(difference(write("logits", {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8})) == 0);
  CHECK(difference(write("logits", {2, 5, 8}, {2, 5, 8})) == 0);
  CHECK(difference(write("logits", {2, 5, 8}, {1, 5, 8})) > 0);  // it is these that are compared
  CHECK(difference(write("logits_every_4th_position", {0, 4, 8}, {})) == 0);
  CHECK(difference(write("logits_every_4th_position", {0, 4, 8}, {0, 4, 8})) == 0);
  using Catch::Contains;
  CHECK_THROWS_WITH(write("logits", {0, 1, 2}, {}),
                    Contains("g.h5: logits: fewer positions") && Contains("a dataset positions"));
  CHECK_THROWS_WITH(write("logits", {2, 5, 8}, {2, 5}), Contains("does not fit the dataset positions"));
  CHECK_THROWS_WITH(write("logits", {2, 5, 8}, {2, 8, 5}), Contains("positions") && Contains("ascending"));
  CHECK_THROWS_WITH(write("logits", {2, 5, 8}, {2, 5, 9}), Contains("found 9"));
  CHECK_THROWS_WITH(write("logits_every_4th_position", {0, 4, 8}, {0, 4, 7}), Contains("multiples of 4"));
  CHECK_THROWS_WITH(write("logits_every_other_position", {0, 2, 4}, {}), Contains("which positions"));
}

TEST_CASE("trained models reproduce their reference") {
  const std::string name = GENERATE("clm_flat", "clm_h4", "copy_flat", "ae_flat");
  CAPTURE(name);
  if (const auto found = compare<float>("checkpoints", name)) {
    CHECK(found->loss.value().largest < 1e-4);
    CHECK(found->logits.value().largest < 1e-3);
  }
}
