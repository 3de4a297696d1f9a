// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "io/study/repair_files.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "model/network/tmm.hpp"
#include "model/pass/evaluator.hpp"

namespace tmm::io {
namespace {

/// Sums of losses by sequence.
struct SequenceLosses {
  std::vector<double> sums;
  std::vector<std::size_t> counts;

  [[nodiscard]] double mean() const {
    double sum = 0, count = 0;
    for (std::size_t s = 0; s < sums.size(); ++s) sum += sums[s], count += static_cast<double>(counts[s]);
    return sum / count;
  }
};

template <class T>
SequenceLosses losses_of(const model::StateDict& state, const SequenceSet& set, const LossRequest& request) {
  const auto network = model::load_network<T>(state, request.assumptions);
  model::Evaluator<T> evaluator(network, set.length, request.threads);
  SequenceLosses result;
  std::vector<model::TokenLoss> losses;
  for (std::size_t first = 0; first < request.sequences; first += request.batch) {
    const auto batch =
        make_batch(set, first, std::min(request.batch, request.sequences - first), request.objective);
    losses.resize(batch.ids.size());
    evaluator.run(batch, losses);
    for (std::size_t s = 0; s < batch.sequences; ++s) {
      double sum = 0;
      std::size_t count = 0;
      for (std::size_t t = 0; t < set.length; ++t) {
        const model::TokenLoss& loss = losses[s * set.length + t];
        if (loss.counted) sum += loss.loss, ++count;
      }
      result.sums.push_back(sum);
      result.counts.push_back(count);
    }
  }
  return result;
}

SequenceLosses losses_of(const model::StateDict& state, const SequenceSet& set, const LossRequest& request) {
  return request.float64 ? losses_of<double>(state, set, request) : losses_of<float>(state, set, request);
}

/// Standard error of Σ x_s / Σ c_s, a ratio over sequences (Cochran, Sampling Techniques, 1977, §2.11; the
/// factor S/(S − 1) for the ratio itself).
double standard_error(const std::vector<double>& x, const std::vector<std::size_t>& counts) {
  const auto size = static_cast<double>(x.size());
  if (x.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0, count = 0, square = 0;
  for (std::size_t s = 0; s < x.size(); ++s) sum += x[s], count += static_cast<double>(counts[s]);
  const double ratio = sum / count;
  for (std::size_t s = 0; s < x.size(); ++s) {
    const double residual = x[s] - ratio * static_cast<double>(counts[s]);
    square += residual * residual;
  }
  return std::sqrt(square * size / (size - 1)) / count;
}

RepairEffect effect(const std::string& label, const SequenceLosses& before, const SequenceLosses& after) {
  RepairEffect result{label, after.mean()};
  result.difference = result.loss - before.mean();
  std::vector<double> differences(before.sums.size());
  for (std::size_t s = 0; s < differences.size(); ++s) differences[s] = after.sums[s] - before.sums[s];
  result.standard_error = standard_error(differences, before.counts);
  return result;
}

}  // namespace

RepairEffects repair_effects(const model::StateDict& state, std::span<const RepairedLayer> layers,
                             const SequenceSet& set, const LossRequest& request,
                             const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto changed = static_cast<std::size_t>(
      std::ranges::count_if(layers, [](const RepairedLayer& layer) { return layer.changed(); }));
  const std::size_t total = changed + 2;
  std::size_t done = 0;
  const auto step = [&] {
    if (progress) progress(++done, total);
  };
  const auto before = losses_of(state, set, request);
  step();
  RepairEffects effects{before.mean(), standard_error(before.sums, before.counts), request.sequences,
                        set.length};
  for (const std::size_t count : before.counts) effects.counted += count;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].changed()) continue;
    const auto alone = losses_of(with_repaired(state, layers.subspan(i, 1)), set, request);
    effects.layers.push_back(effect(model::layer_label(layers[i].layer), before, alone));
    step();
  }
  effects.layers.push_back(effect("", before, losses_of(with_repaired(state, layers), set, request)));
  step();
  return effects;
}

}  // namespace tmm::io
