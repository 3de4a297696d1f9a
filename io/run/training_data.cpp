// SPDX-License-Identifier: MIT
#include "io/run/training_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "io/tokens/task_sequences.hpp"
#include "model/base/error.hpp"
#include "model/base/random_source.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t batch_source = 0x6261746368;  // first word of the names of these random sources
constexpr std::size_t byte_vocabulary = 256;

std::uint64_t fingerprint_of(const std::vector<std::int32_t>& ids, std::size_t row_length) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ row_length;  // FNV-1a over tokens
  for (const std::int32_t id : ids) hash = (hash ^ static_cast<std::uint64_t>(id)) * 0x100000001b3U;
  return hash;
}

/// Tokens or rows that validate: a share of `total`, at least `least` if any.
std::size_t validation_count(std::size_t total, double share, std::size_t least) {
  if (share == 0) return 0;
  return std::max(least, static_cast<std::size_t>(std::ceil(share * static_cast<double>(total))));
}

}  // namespace

Tokens read_training_tokens(TrainingConfig& config) {
  if (config.random || draws_task(config)) {
    if (config.vocabulary == 0) config.vocabulary = synthetic_vocabulary;
    return {"synthetic tokens", {}, 0};
  }
  if (!config.text.empty()) {
    if (config.vocabulary == 0) config.vocabulary = byte_vocabulary;
    return read_text(config.text, config.vocabulary);
  }
  const auto any = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  TokenFile how;
  if (!config.dataset.empty()) how.dataset = config.dataset;
  how.type = parse_raw_integer(config.token_type);
  how.ignored = config.ignore_id;
  auto tokens = read_tokens(config.tokens, config.vocabulary == 0 ? any : config.vocabulary, how);
  if (config.vocabulary == 0) {
    std::int32_t largest = 0;
    for (const std::int32_t id : tokens.ids)
      if (!tokens.ignored || id != *tokens.ignored) largest = std::max(largest, id);
    config.vocabulary = static_cast<std::size_t>(largest) + 1;
  }
  return tokens;
}

TrainingData::TrainingData(Tokens tokens, const TrainingConfig& config,
                           const model::Architecture& architecture)
    : objective_(training_objective(config)),
      ignored_(tokens.ignored),
      batch_(config.batch),
      seed_(config.seed) {
  if (draws_task(config)) {
    task_.emplace(*task_sizes(config), config.seed);
    length_ = task_->length();
    if (config.validation > 0)
      validation_ = draw_sequences(*task_, validation_stream, 0, config.eval_sequences);
    return;
  }
  if (config.random) {
    synthetic_.emplace(architecture.vocabulary, config.seed);
    const std::size_t n = architecture.context;
    length_ = objective_ == model::Objective::copy ? n / 2 * 2 : n;
    if (config.validation > 0) draw_validation(config.eval_sequences);
    return;
  }
  fingerprint_ = fingerprint_of(tokens.ids, tokens.row_length);
  if (ignored_) fingerprint_ ^= 0x9e3779b97f4a7c15U * (static_cast<std::uint32_t>(*ignored_) + 1ULL);
  rows_ = tokens.row_length != 0;
  if (rows_)
    split_rows(tokens, architecture, config.validation);
  else
    split_stream(std::move(tokens), architecture, config.validation);
  if (validation_.count() <= config.eval_sequences) return;
  validation_.ids.resize(config.eval_sequences * validation_.length);
  if (!validation_.labels.empty()) validation_.labels.resize(validation_.ids.size());
}

void TrainingData::split_stream(Tokens tokens, const model::Architecture& architecture, double share) {
  const std::size_t n = architecture.context, piece = objective_ == model::Objective::copy ? n / 2 : n;
  length_ = objective_ == model::Objective::copy ? 2 * piece : piece;
  const std::size_t total = tokens.ids.size(), last = validation_count(total, share, piece);
  if (total < piece + last)
    throw FormatError("too few tokens to train on",
                      {tokens.source, "", std::to_string(piece + last) + " or more", std::to_string(total),
                       "Shorten --context, or change --validation"});
  if (last != 0) {
    const auto middle = tokens.ids.end() - static_cast<std::ptrdiff_t>(last);
    validation_ = cut_sequences({tokens.source, {middle, tokens.ids.end()}, 0, tokens.ignored}, architecture,
                                objective_);
    tokens.ids.resize(total - last);
  }
  const bool foreign =
      ignored_ && (*ignored_ < 0 || static_cast<std::size_t>(*ignored_) >= architecture.vocabulary);
  if (foreign && std::ranges::find(tokens.ids, *ignored_) != tokens.ids.end())
    throw FormatError(
        "padding that is no token stands in a stream",
        {tokens.source, "", "padding at the end of rows, or an id below v", std::to_string(*ignored_), ""});
  ids_ = std::move(tokens.ids);
}

void TrainingData::split_rows(const Tokens& tokens, const model::Architecture& architecture, double share) {
  SequenceSet all = cut_sequences(tokens, architecture, objective_);  // doubled, if the task wants that
  length_ = all.length;
  const std::size_t last = validation_count(all.count(), share, 1);
  if (all.count() < 1 + last)
    throw FormatError("too few rows to train on", {tokens.source, "", std::to_string(1 + last) + " or more",
                                                   std::to_string(all.count()), ""});
  const auto middle = all.ids.end() - static_cast<std::ptrdiff_t>(last * length_);
  validation_ = {length_, {middle, all.ids.end()}, 0, {}};
  all.ids.erase(middle, all.ids.end());
  if (!all.labels.empty()) {
    const auto labels = all.labels.begin() + static_cast<std::ptrdiff_t>(all.ids.size());
    validation_.labels.assign(labels, all.labels.end());
    all.labels.erase(labels, all.labels.end());
    labels_ = std::move(all.labels);
  }
  ids_ = std::move(all.ids);
}

void TrainingData::draw_validation(std::size_t count) {
  validation_.length = length_;
  const std::size_t piece = doubles() ? length_ / 2 : length_;
  std::vector<std::int32_t> drawn(piece);
  for (std::size_t i = 0; i < count; ++i) {
    synthetic_->draw(validation_stream, i, drawn);
    for (std::size_t part = 0; part < length_; part += piece)
      validation_.ids.insert(validation_.ids.end(), drawn.begin(), drawn.end());
  }
}

void TrainingData::append_sequence(std::uint64_t step, std::size_t number, model::TokenBatch& batch) const {
  std::vector<std::int32_t>& out = batch.ids;
  if (task_) {
    const auto drawn = task_->draw(training_stream, (step - 1) * batch_ + number);
    out.insert(out.end(), drawn.ids.begin(), drawn.ids.end());
    batch.labels.insert(batch.labels.end(), drawn.labels.begin(), drawn.labels.end());
    return;
  }
  const std::size_t piece = doubles() ? length_ / 2 : length_, begin = out.size();
  if (synthetic_) {
    out.resize(begin + piece);
    synthetic_->draw(training_stream, (step - 1) * batch_ + number, std::span(out).subspan(begin));
  } else {
    model::RandomSource source({batch_source, seed_, step, number});
    const std::size_t first =
        rows_ ? length_ * source.below(ids_.size() / length_) : source.below(ids_.size() - piece + 1);
    const auto from = ids_.begin() + static_cast<std::ptrdiff_t>(first);
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(piece));
    if (!labels_.empty()) {
      const auto label = labels_.begin() + static_cast<std::ptrdiff_t>(first);
      batch.labels.insert(batch.labels.end(), label, label + static_cast<std::ptrdiff_t>(piece));
    }
  }
  if (!doubles()) return;
  out.resize(begin + 2 * piece);
  std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(begin), piece,
              out.begin() + static_cast<std::ptrdiff_t>(begin + piece));
}

model::TokenBatch TrainingData::batch(std::uint64_t step) const {
  model::TokenBatch batch{batch_, {}, {}};
  batch.ids.reserve(batch_ * length_);
  for (std::size_t i = 0; i < batch_; ++i) append_sequence(step, i, batch);
  if (!batch.labels.empty()) return batch;
  batch.labels = model::make_labels(batch.ids, length_, objective_);
  if (ignored_) std::ranges::replace(batch.labels, *ignored_, model::ignored_label);
  return batch;
}

}  // namespace tmm::io
