// SPDX-License-Identifier: MIT
// What python_calls.py compares calls from Python with: the same work in C++, in the same process.
#include <ctime>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/index/winding.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace {

tmm::model::StateDict network(const float* weights, std::size_t layers, std::size_t n) {
  tmm::model::StateDict state;
  for (std::size_t i = 0; i < layers; ++i)
    state.insert({{"mixer_blocks." + std::to_string(i) + ".token_mixing_layer.weight", {1, n}},
                  std::vector<float>(weights + i * n, weights + (i + 1) * n)});
  return state;
}

/// Of the processor: on a shared machine waiting is no figure.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

/// Seconds of the processor that the winding numbers of all layers take, weights (layers, n) by rows; their
/// sum in `sum`.
extern "C" double tmm_time_windings(const float* weights, std::size_t layers, std::size_t n,
                                    std::size_t threads, double* sum) {
  const tmm::model::StateDict state = network(weights, layers, n);
  const double start = seconds();
  const auto operators = tmm::model::toeplitz_layers(state);
  std::vector<tmm::analysis::Winding> windings(layers);
  tmm::model::parallel_for(layers, threads, [&](std::size_t i, std::size_t) {
    windings[i] = tmm::analysis::winding_number(operators[i].taps);
  });
  const double taken = seconds() - start;
  *sum = 0;
  for (const auto& winding : windings) *sum += static_cast<double>(winding.number);
  return taken;
}

/// The same of analyze_all without spectra.
extern "C" double tmm_time_analysis(const float* weights, std::size_t layers, std::size_t n, int threads,
                                    double* sum) {
  const tmm::model::StateDict state = network(weights, layers, n);
  const double start = seconds();
  tmm::analysis::AnalyzeOptions options;
  options.spectrum = tmm::analysis::SpectrumChoice::none;
  const auto reports = tmm::analysis::analyze_all(tmm::model::toeplitz_layers(state), options, threads);
  const double taken = seconds() - start;
  *sum = 0;
  for (const auto& report : reports) *sum += static_cast<double>(report.winding.number);
  return taken;
}
