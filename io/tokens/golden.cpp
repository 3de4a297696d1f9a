// SPDX-License-Identifier: MIT
#include "io/tokens/golden.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <mutex>

#include "io/files/input_file.hpp"
#include "model/base/error.hpp"
#include "model/network/objective.hpp"

namespace tmm::io {
namespace {

using model::MatrixView;

constexpr std::string_view strided_logits = "logits_every_";

std::vector<std::int32_t> read_tokens(const InputFile& file, const std::string& dataset,
                                      std::vector<std::size_t>& shape) {
  auto array = read_array<std::int64_t>(file, dataset);
  shape = array.shape;
  std::vector<std::int32_t> tokens;
  for (const std::int64_t id : array.values) {
    if (id < std::numeric_limits<std::int32_t>::min() || id > std::numeric_limits<std::int32_t>::max())
      throw FormatError("a token does not fit 32 bits", {file.path(), dataset, "", std::to_string(id), ""});
    tokens.push_back(static_cast<std::int32_t>(id));
  }
  return tokens;
}

/// The dataset `positions`, if it is there: ascending, below m.
std::vector<std::size_t> read_positions(const InputFile& file, const std::vector<std::string>& datasets,
                                        std::size_t m) {
  if (std::ranges::find(datasets, "positions") == datasets.end()) return {};
  const auto array = read_array<std::int64_t>(file, "positions");
  if (array.shape.size() != 1)
    throw FormatError("wrong shape",
                      {file.path(), "positions", "(positions)", model::format_shape(array.shape), ""});
  std::vector<std::size_t> positions;
  for (const std::int64_t t : array.values) {
    if (t < 0 || static_cast<std::uint64_t>(t) >= m ||
        (!positions.empty() && positions.back() >= static_cast<std::size_t>(t)))
      throw FormatError("not positions of a sequence",
                        {file.path(), "positions", "ascending integers from 0 to " + std::to_string(m - 1),
                         std::to_string(t), ""});
    positions.push_back(static_cast<std::size_t>(t));
  }
  return positions;
}

/// K of "logits_every_KTH_position".
std::size_t stride_in(const std::string& path, const std::string& dataset) {
  std::size_t step = 0;
  const char* begin = dataset.data() + strided_logits.size();
  if (std::from_chars(begin, dataset.data() + dataset.size(), step).ec != std::errc() || step == 0)
    throw FormatError("the name does not say which positions",
                      {path, dataset, "logits_every_KTH_position with a number K", "", ""});
  return step;
}

/// Reads one array of outputs of the network and finds out which positions it is of.
class OutputReader {
 public:
  OutputReader(const InputFile& file, const std::vector<std::string>& datasets, std::size_t sequences,
               std::size_t m)
      : file_(file), sequences_(sequences), m_(m), positions_(read_positions(file, datasets, m)) {}

  /// `dataset` (S, P, width) at positions 0, stride, …; without a stride all m of them (or the first
  /// `fewest`), or those of `positions`.
  [[nodiscard]] Golden::Outputs read(const std::string& dataset, std::size_t width, std::size_t fewest,
                                     std::size_t stride = 1) const {
    Golden::Outputs outputs{read_array<double>(file_, dataset), {}};
    const auto& s = outputs.values.shape;
    const std::vector<std::size_t> most{sequences_, (m_ - 1) / stride + 1, width};
    if (s.size() != 3 || s[0] * s[1] == 0 || s[0] > most[0] || s[1] > most[1] || s[2] != width)
      throw FormatError(
          "does not fit the tokens and the network",
          {file_.path(), dataset, "at most " + model::format_shape(most), model::format_shape(s), ""});
    outputs.positions = positions_of(dataset, s[1], fewest, stride);
    return outputs;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> positions_of(const std::string& dataset, std::size_t count,
                                                      std::size_t fewest, std::size_t stride) const {
    std::vector<std::size_t> regular;
    for (std::size_t i = 0; i < count; ++i) regular.push_back(i * stride);
    if (stride == 1 && count < fewest && positions_.empty())
      throw FormatError(
          "fewer positions than tokens, and nothing says which",
          {file_.path(), dataset, std::to_string(m_) + " positions, or integers in a dataset positions",
           std::to_string(count), ""});
    if (positions_.empty() || (stride == 1 && count == m_)) return regular;
    if (positions_.size() != count || (stride > 1 && positions_ != regular))
      throw FormatError(
          "does not fit the dataset positions",
          {file_.path(), dataset, std::to_string(positions_.size()) + " positions as listed there",
           std::to_string(count) + (stride > 1 ? " at multiples of " + std::to_string(stride) : ""), ""});
    return positions_;
  }

  const InputFile& file_;
  std::size_t sequences_, m_;
  std::vector<std::size_t> positions_;
};

void read_outputs(const InputFile& file, const model::Architecture& a, Golden& golden) {
  const std::size_t sequences = golden.batch.sequences;
  const std::vector<std::string> datasets = list_arrays(file);
  const OutputReader reader(file, datasets, sequences, golden.batch.length());
  const std::size_t m = golden.batch.length();
  // The last logits of a language model predict nothing: many do not keep them.
  const std::size_t fewest = a.network == model::Network::autoencoder ? m : m - 1;
  for (const std::string& dataset : datasets) {
    if (dataset == "logits") {
      golden.logits = reader.read(dataset, a.vocabulary, fewest);
    } else if (dataset.starts_with(strided_logits)) {
      golden.logits = reader.read(dataset, a.vocabulary, fewest, stride_in(file.path(), dataset));
    } else if (dataset.starts_with("block_output/")) {
      golden.block_output.emplace(dataset.substr(dataset.find('/') + 1),
                                  reader.read(dataset, a.embedding, m));
    } else if (dataset == "loss_per_sequence") {
      golden.loss_per_sequence = read_array<double>(file, dataset).values;
      if (golden.loss_per_sequence.size() != sequences)
        throw FormatError("one loss for each sequence is needed",
                          {file.path(), dataset, std::to_string(sequences),
                           std::to_string(golden.loss_per_sequence.size()), ""});
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
    compare(stored->second, sequence, 0, x, difference);
  }

  void logits(std::size_t sequence, std::size_t first_position, MatrixView<const T> values) override {
    if (!golden_.logits) return;
    const std::lock_guard lock(mutex_);
    if (!result.logits) result.logits = GoldenDifference::Difference{};
    compare(*golden_.logits, sequence, first_position, values, *result.logits);
  }

  [[nodiscard]] bool wants_all_logits() const override { return true; }

  GoldenDifference result;

 private:
  /// `found`: rows at positions first_position, first_position + 1, …
  static void compare(const Golden::Outputs& stored, std::size_t sequence, std::size_t first_position,
                      MatrixView<const T> found, GoldenDifference::Difference& difference) {
    const auto& shape = stored.values.shape;
    if (sequence >= shape[0]) return;
    const std::size_t width = shape[2], end = first_position + found.rows;
    auto position = std::ranges::lower_bound(stored.positions, first_position);
    for (; position != stored.positions.end() && *position < end; ++position) {
      const auto p = static_cast<std::size_t>(position - stored.positions.begin());
      const double* wanted = stored.values.values.data() + (sequence * shape[1] + p) * width;
      const T* row = found.row(*position - first_position);
      for (std::size_t j = 0; j < width; ++j) {
        const double gap = std::fabs(static_cast<double>(row[j]) - wanted[j]);
        // Not std::max: a NaN must win.
        if (!(gap <= difference.largest)) difference.largest = gap;
        difference.scale = std::max(difference.scale, std::fabs(wanted[j]));
      }
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
  const InputFile file(path);
  Golden golden;
  std::vector<std::size_t> shape, label_shape;
  golden.batch.ids = read_tokens(file, "input_ids", shape);
  const auto datasets = list_arrays(file);
  const bool own_tokens = architecture.network == model::Network::autoencoder &&
                          std::ranges::find(datasets, "labels") == datasets.end();
  const auto wanted = read_tokens(file, own_tokens ? "input_ids" : "labels", label_shape);
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0)
    throw FormatError("wrong shape",
                      {path, "input_ids", "(sequences, tokens)", model::format_shape(shape), ""});
  if (label_shape != shape)
    throw FormatError("wrong shape", {path, "labels", model::format_shape(shape) + " as input_ids",
                                      model::format_shape(label_shape), ""});
  golden.batch.sequences = shape[0];
  golden.batch.labels = model::align_labels(wanted, shape[1], architecture.network);
  const auto attributes = read_attributes(file);
  if (const auto loss = attributes.find("loss"); loss != attributes.end())
    golden.loss = std::stod(loss->second);
  read_outputs(file, architecture, golden);
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
