// SPDX-License-Identifier: MIT
#include "io/tokens/golden.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <mutex>

#include "model/base/error.hpp"
#include "model/network/objective.hpp"

namespace tmm::io {
namespace {

using model::MatrixView;

constexpr std::string_view strided_logits = "logits_every_";

std::vector<std::int32_t> read_tokens(const std::string& path, const std::string& dataset,
                                      std::vector<std::size_t>& shape) {
  auto array = read_array<std::int64_t>(path, dataset);
  shape = array.shape;
  std::vector<std::int32_t> tokens;
  for (const std::int64_t id : array.values) {
    if (id < std::numeric_limits<std::int32_t>::min() || id > std::numeric_limits<std::int32_t>::max())
      throw FormatError("a token does not fit 32 bits", {path, dataset, "", std::to_string(id), ""});
    tokens.push_back(static_cast<std::int32_t>(id));
  }
  return tokens;
}

void require_shape(const std::string& path, const std::string& dataset, const Array<double>& array,
                   std::size_t sequences, std::size_t positions, std::size_t width) {
  const auto& s = array.shape;
  if (s.size() == 3 && s[0] <= sequences && s[1] <= positions && s[2] == width) return;
  const std::vector<std::size_t> most{sequences, positions, width};
  throw FormatError("does not fit the tokens and the network",
                    {path, dataset, "at most " + model::format_shape(most), model::format_shape(s), ""});
}

void read_outputs(const std::string& path, const model::Architecture& a, Golden& golden) {
  const std::size_t sequences = golden.batch.sequences, m = golden.batch.length();
  for (const std::string& dataset : list_arrays(path)) {
    if (dataset == "logits" || dataset.starts_with(strided_logits)) {
      golden.logits = read_array<double>(path, dataset);
      if (dataset != "logits")
        std::from_chars(dataset.data() + strided_logits.size(), dataset.data() + dataset.size(),
                        golden.logits_step);
      golden.logits_step = std::max<std::size_t>(1, golden.logits_step);
      require_shape(path, dataset, golden.logits, sequences, (m - 1) / golden.logits_step + 1, a.vocabulary);
    } else if (dataset.starts_with("block_output/")) {
      auto array = read_array<double>(path, dataset);
      require_shape(path, dataset, array, sequences, m, a.embedding);
      golden.block_output.emplace(dataset.substr(dataset.find('/') + 1), std::move(array));
    } else if (dataset == "loss_per_sequence") {
      golden.loss_per_sequence = read_array<double>(path, dataset).values;
      if (golden.loss_per_sequence.size() != sequences)
        throw FormatError(
            "one loss for each sequence is needed",
            {path, dataset, std::to_string(sequences), std::to_string(golden.loss_per_sequence.size()), ""});
    }
  }
}

/// Compares what passes by with the stored arrays.
template <model::NetworkScalar T>
class Comparison : public model::ForwardObserver<T> {
 public:
  Comparison(const Golden& golden, const model::Tmm<T>& network) : golden_(golden), network_(network) {}

  void block_output(std::size_t block, std::size_t sequence, MatrixView<const T> x) override {
    const auto stored = golden_.block_output.find(network_.blocks[block].name);
    if (stored == golden_.block_output.end()) return;
    const std::lock_guard lock(mutex_);
    auto& difference = result.block_output[stored->first];
    for (std::size_t t = 0; t < std::min(x.rows, stored->second.shape[1]); ++t)
      compare(stored->second, sequence, t, x.row(t), difference);
  }

  void logits(std::size_t sequence, std::size_t first_position, MatrixView<const T> values) override {
    if (golden_.logits.values.empty()) return;
    const std::lock_guard lock(mutex_);
    if (!result.logits) result.logits = GoldenDifference::Difference{};
    for (std::size_t i = 0; i < values.rows; ++i)
      if (const std::size_t t = first_position + i; t % golden_.logits_step == 0)
        compare(golden_.logits, sequence, t / golden_.logits_step, values.row(i), *result.logits);
  }

  [[nodiscard]] bool wants_all_logits() const override { return true; }

  GoldenDifference result;

 private:
  static void compare(const Array<double>& stored, std::size_t sequence, std::size_t position, const T* found,
                      GoldenDifference::Difference& difference) {
    if (sequence >= stored.shape[0] || position >= stored.shape[1]) return;
    const std::size_t width = stored.shape[2];
    const double* wanted = stored.values.data() + (sequence * stored.shape[1] + position) * width;
    for (std::size_t j = 0; j < width; ++j) {
      const double gap = std::fabs(static_cast<double>(found[j]) - wanted[j]);
      // Not std::max: a NaN must win.
      if (!(gap <= difference.largest)) difference.largest = gap;
      difference.scale = std::max(difference.scale, std::fabs(wanted[j]));
    }
  }

  const Golden& golden_;
  const model::Tmm<T>& network_;
  std::mutex mutex_;
};

void compare_loss(double found, double wanted, GoldenDifference& result) {
  const double gap = std::fabs(found - wanted);
  if (!result.loss) result.loss = GoldenDifference::Difference{};
  if (!(gap <= result.loss->largest)) result.loss->largest = gap;
  result.loss->scale = std::max(result.loss->scale, std::fabs(wanted));
  const double relative = gap / std::fabs(wanted);
  if (!(relative <= result.loss_relative)) result.loss_relative = relative;
}

double mean_loss(std::span<const model::TokenLoss> losses) {
  double sum = 0, count = 0;
  for (const auto& token : losses) {
    sum += token.loss;
    count += token.counted ? 1 : 0;
  }
  return sum / count;
}

}  // namespace

Golden read_golden(const std::string& path, const model::Architecture& architecture) {
  Golden golden;
  std::vector<std::size_t> shape, label_shape;
  golden.batch.ids = read_tokens(path, "input_ids", shape);
  const auto wanted = read_tokens(path, "labels", label_shape);
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0)
    throw FormatError("wrong shape",
                      {path, "input_ids", "(sequences, tokens)", model::format_shape(shape), ""});
  if (label_shape != shape)
    throw FormatError("wrong shape", {path, "labels", model::format_shape(shape) + " as input_ids",
                                      model::format_shape(label_shape), ""});
  golden.batch.sequences = shape[0];
  golden.batch.labels = model::align_labels(wanted, shape[1], architecture.network);
  const auto attributes = read_attributes(path);
  if (const auto loss = attributes.find("loss"); loss != attributes.end())
    golden.loss = std::stod(loss->second);
  read_outputs(path, architecture, golden);
  return golden;
}

template <model::NetworkScalar T>
GoldenDifference compare_with_golden(const model::Tmm<T>& network, const Golden& golden,
                                     std::size_t threads) {
  const std::size_t m = golden.batch.length();
  model::Evaluator<T> evaluator(network, m, threads);
  std::vector<model::TokenLoss> losses(golden.batch.ids.size());
  Comparison<T> comparison(golden, network);
  evaluator.run(golden.batch, losses, &comparison);
  if (golden.loss) compare_loss(mean_loss(losses), *golden.loss, comparison.result);
  for (std::size_t s = 0; s < golden.loss_per_sequence.size(); ++s)
    compare_loss(mean_loss(std::span(losses).subspan(s * m, m)), golden.loss_per_sequence[s],
                 comparison.result);
  return comparison.result;
}

template GoldenDifference compare_with_golden(const model::Tmm<float>&, const Golden&, std::size_t);
template GoldenDifference compare_with_golden(const model::Tmm<double>&, const Golden&, std::size_t);

}  // namespace tmm::io
