// SPDX-License-Identifier: MIT
#include "model/training/operation_count.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/base/error.hpp"
#include "model/network/network_sizes.hpp"

using namespace tmm::model;

namespace {

NetworkSizes small() {
  NetworkSizes sizes;
  sizes.embedding = 4, sizes.context = 8, sizes.vocabulary = 16, sizes.blocks = 2, sizes.expansion = 4;
  return sizes;
}

OperationCount count(const NetworkSizes& sizes, std::size_t length) {
  return operation_count(plan_architecture(sizes), length);
}

}  // namespace

TEST_CASE("operations of a flat network are those counted by hand, and twice that on the way back") {
  // Positions 1 … 8 read 1 … 8 rows of 4 channels, a multiplication and an addition each: 2·4·36 = 288. The
  // matrices (16, 4) and (4, 16) at 8 positions: 2·8·64 = 1024 each. Logits of 16 tokens: 2·8·64 = 1024.
  const OperationCount all = count(small(), 8);
  CHECK(all.forward == 2 * (288 + 1024 + 1024) + 1024);
  CHECK(all.backward == 2 * all.forward);
  // Half the sequence has 2·4·10 = 80 in place of 288.
  CHECK(count(small(), 4).forward == 2 * (80 + 512 + 512) + 512);
  CHECK(training_step_operations(plan_architecture(small()), 5, 8) == 5 * all.both());
}

TEST_CASE("heads add two projections, expanded layers a second operator, kernels a row on fewer channels") {
  const double flat = count(small(), 8).forward;
  NetworkSizes sizes = small();
  sizes.heads = 2;
  CHECK(count(sizes, 8).forward - flat == 2 * 2 * (2 * 8 * 4 * 4));
  sizes.expanded = true;
  CHECK(count(sizes, 8).forward - flat == 2 * (2 * (2 * 8 * 4 * 4) + 288));
  sizes = small();
  sizes.kernel_rows = 2;  // its first row reads the channel below, which the lowest channel has not
  CHECK(count(sizes, 8).forward - flat == 2 * (3 * 8 * 9));
}

TEST_CASE("an autoencoder has two stacks of blocks, and the windows of its code pass a matrix") {
  NetworkSizes sizes = small();
  const double flat = count(sizes, 8).forward;
  sizes.network = Network::autoencoder;
  const double windows = 2 * 4 * (4 * 2);  // d = 4 of them differ
  CHECK(count(sizes, 8).forward == 2 * flat - 1024 + windows);
  sizes.bottleneck = 3;
  CHECK(count(sizes, 8).forward == 2 * flat - 1024 + windows + 2 * (2 * 3 * 4));
}

TEST_CASE("long Toeplitz products are counted by their transforms and grow like n log n") {
  NetworkSizes sizes = small();
  sizes.blocks = 1;
  const auto mixing = [&](std::size_t n) {
    sizes.context = n;
    OperationCount all = count(sizes, n);
    all.forward -= 3 * 2.0 * static_cast<double>(n) * 64;
    all.backward -= 6 * 2.0 * static_cast<double>(n) * 64;
    return all;
  };
  // N = 2048 of n = 1024: a transform has (5/2)·2048·11 operations, a spectrum 1025 entries.
  const double transform = 56320, spectrum = 1025;
  CHECK(mixing(1024).forward == 4 * (2 * transform + 6 * spectrum));
  CHECK(mixing(1024).backward == 4 * (3 * transform + 14 * spectrum));
  const double growth = mixing(65536).forward / mixing(1024).forward;
  CHECK(growth > 64);
  CHECK(growth < 64 * 17.0 / 11);
  sizes.context = 1024;
  const Architecture a = plan_architecture(sizes);
  CHECK(training_step_operations(a, 3, 1024) == 3 * operation_count(a, 1024).both() + 3 * transform);
}

TEST_CASE("operations of attention and of dense causal matrices are those counted by hand") {
  const double flat = count(small(), 8).forward;
  NetworkSizes sizes = small();
  sizes.mixing = "dense";
  CHECK(count(sizes, 8).forward == flat);  // the triangle of a Toeplitz matrix is as large
  CHECK(count(sizes, 8).backward == 2 * flat);
  sizes.mixing = "attention";
  sizes.heads = 2;
  // Four matrices (4, 4) at 8 positions, and two causal products of 288 in the place of one.
  const double projections = 4 * (2 * 8 * 4 * 4);
  CHECK(count(sizes, 8).forward - flat == 2 * (projections + 288));
  CHECK(count(sizes, 8).backward - 2 * flat == 2 * (2 * projections + (5 - 2) * 288));
  // Quadratic in the length, where a Toeplitz product of long sequences is not.
  sizes.context = 4096;
  CHECK(count(sizes, 4096).forward > 10 * count(small(), 8).forward * 512);
}
