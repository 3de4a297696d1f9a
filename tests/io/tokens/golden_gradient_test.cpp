// SPDX-License-Identifier: MIT
// Gradients and optimiser steps against the golden files of the reference material.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/tokens/golden.hpp"
#include "model/network/parameters.hpp"
#include "model/pass/gradient_pass.hpp"
#include "model/training/adamw.hpp"
#include "support.hpp"

using namespace tmm;

namespace {

constexpr const char* names[] = {"flat",   "heads", "expanded",    "heads_expanded",
                                 "kernel", "tied",  "autoencoder", "autoencoder_heads"};

/// Paths of a network and its golden file; empty, with a warning, where they are not here.
struct Files {
  std::string network, golden;

  explicit Files(const std::string& name)
      : network(test::shared_file("reference/variants/" + name + ".h5")),
        golden(test::shared_file("reference/variants/" + name + ".golden.h5")) {
    if (!here()) WARN(name << ": reference material is not here, nothing is compared");
  }
  [[nodiscard]] bool here() const { return !network.empty() && !golden.empty(); }
};

using Gradients = std::map<std::string, io::Array<double>>;

/// All of grad/* by tensor.
Gradients read_gradients(const std::string& path) {
  Gradients gradients;
  for (const auto& dataset : io::list_arrays(path))
    if (dataset.starts_with("grad/"))
      gradients.emplace(dataset.substr(5), io::read_array<double>(path, dataset));
  return gradients;
}

/// Checks every tensor's gradient, entries within `tolerance` of the largest of its tensor.
template <class T>
void compare_gradients(const Files& files, const Gradients& stored, double tolerance) {
  const auto network = model::load_network<T>(io::read_checkpoint(files.network));
  const auto batch = io::read_golden(files.golden, network.architecture).batch;
  auto gradient = model::zero_network<T>(network.architecture);
  model::GradientPass<T>(network, batch.sequences, batch.length(), 2).run(batch, gradient);
  std::size_t compared = 0;
  model::for_each_parameter(gradient, [&](const std::string& name, const auto& shape, std::span<T> found) {
    CAPTURE(name);
    const auto& wanted = stored.at(name);
    REQUIRE(wanted.shape == shape);
    double scale = 0, gap = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      scale = std::max(scale, std::fabs(wanted.values[i]));
      gap = std::max(gap, std::fabs(static_cast<double>(found[i]) - wanted.values[i]));
    }
    CHECK(scale > 0);
    CHECK(gap < tolerance * scale);
    ++compared;
  });
  CHECK(compared == stored.size());
}

}  // namespace

TEST_CASE("gradients of every tensor of every variant are those of the reference") {
  for (const std::string name : names) {
    CAPTURE(name);
    const Files files(name);
    if (!files.here()) return;
    const Gradients stored = read_gradients(files.golden);
    compare_gradients<float>(files, stored, 1e-4);
    compare_gradients<double>(files, stored, 1e-9);
  }
}

TEST_CASE("ten AdamW steps on one batch follow the reference") {
  for (const std::string name : names) {
    CAPTURE(name);
    const Files files(name);
    if (!files.here()) return;
    auto network = model::load_network<float>(io::read_checkpoint(files.network));
    const auto batch = io::read_golden(files.golden, network.architecture).batch;
    const auto losses = io::read_array<double>(files.golden, "adamw_losses").values;
    REQUIRE(losses.size() == 10);
    auto gradient = model::zero_network<float>(network.architecture);
    model::AdamWState<float> state(network.architecture);
    model::GradientPass<float> pass(network, batch.sequences, batch.length(), 2);
    for (const double wanted : losses) {
      CHECK(std::fabs(pass.run(batch, gradient) - wanted) < 1e-4);
      // As the file's attribute `config` has it; the rest are the defaults.
      model::adamw_step({}, 1e-3, gradient, network, state, 2);
      pass.update();
    }
  }
}
