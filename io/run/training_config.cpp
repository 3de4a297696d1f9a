// SPDX-License-Identifier: MIT
#include "io/run/training_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <thread>

#include "io/json/json_text.hpp"
#include "io/tokens/integer_file.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

/// Files and generators that the data may come from.
int sources_of(const TrainingConfig& c) {
  return (c.text.empty() ? 0 : 1) + (c.tokens.empty() ? 0 : 1) + (c.random ? 1 : 0);
}

/// A basic string of TOML.
std::string quoted(const std::string& text) {
  if (!is_utf8(text))
    throw ArgumentError("a training configuration cannot hold this path",
                        {text, "", "UTF-8", "", "Rename the file, or link to it"});
  std::string result = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

/// Shortest digits that read back as the same number, with a point: TOML tells floats from integers.
std::string decimal(double x) {
  std::string text = fmt::format("{}", x);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

class TomlLines {
 public:
  void group(const char* title) { text_ += fmt::format("{}# {}\n", text_.empty() ? "" : "\n", title); }
  void add(const char* key, const std::string& value) { line(key, quoted(value)); }
  void add(const char* key, bool value) { line(key, value ? "true" : "false"); }
  /// Integers of TOML end at 2^63 − 1: larger ones stand between quotes.
  void add(const char* key, std::uint64_t value) {
    const std::string digits = std::to_string(value);
    line(key, value >> 63U ? quoted(digits) : digits);
  }
  void add(const char* key, double value) { line(key, decimal(value)); }
  void line(const char* key, const std::string& value) { text_ += fmt::format("{} = {}\n", key, value); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_data(TomlLines& toml, const TrainingConfig& c) {
  toml.group("data");
  if (!c.text.empty()) {
    std::string list;
    for (const std::string& path : c.text) list += (list.empty() ? "" : ", ") + quoted(path);
    toml.line("text", "[" + list + "]");
  }
  if (!c.tokens.empty()) toml.add("tokens", c.tokens);
  if (!c.dataset.empty()) toml.add("dataset", c.dataset);
  if (!c.token_type.empty()) toml.add("token-type", c.token_type);
  if (c.ignore_id) toml.line("ignore-id", std::to_string(*c.ignore_id));
  if (c.random) toml.add("random", true);
  if (!c.task.empty()) toml.add("task", c.task);
  if (c.task == "induction") toml.add("pairs", c.pairs);
  if (c.distance) toml.add("distance", *c.distance);
  if (c.task == "selective-copy") toml.add("remember", c.remember);
  toml.add("validation", c.validation);
}

[[noreturn]] void refuse(const std::string& option, const std::string& expected, const std::string& found) {
  throw ArgumentError("a training run cannot have this",
                      {"", "--" + option, expected, model::printable(found), ""});
}

void require(bool good, const char* option, const char* expected, double found) {
  if (!good) refuse(option, expected, fmt::format("{}", found));
}

void check_numbers(const TrainingConfig& c) {
  constexpr std::uint64_t most_steps = 1'000'000'000;
  require(c.validation >= 0 && c.validation < 1, "validation", "0 to below 1", c.validation);
  require(c.steps >= 1 && c.steps <= most_steps, "steps", "1 to 1000000000", static_cast<double>(c.steps));
  require(c.warmup.value_or(0) <= c.steps, "warmup", "at most --steps",
          static_cast<double>(c.warmup.value_or(0)));
  require(c.batch >= 1 && c.batch <= 65536, "batch", "1 to 65536", static_cast<double>(c.batch));
  require(c.learning_rate > 0 && std::isfinite(c.learning_rate), "learning-rate", "more than 0",
          c.learning_rate);
  require(c.weight_decay >= 0 && std::isfinite(c.weight_decay), "weight-decay", "0 or more", c.weight_decay);
  require(c.clip >= 0 && std::isfinite(c.clip), "clip", "0 (never) or more", c.clip);
  require(c.eval_sequences >= 1, "eval-sequences", "1 or more", 0);
  require(c.threads <= 1024, "threads", "at most 1024", static_cast<double>(c.threads));
  require(c.context >= (c.objective == "autoencoder" ? 1U : 2U), "context", "2 tokens or more",
          static_cast<double>(c.context));
  require(c.toeplitz != "minimum-phase" || c.context <= 8192, "context",
          "at most 8192 with minimum-phase layers", static_cast<double>(c.context));
}

void check_task_options(const TrainingConfig& c) {
  const TrainingConfig usual;
  if (c.task != "induction" && c.pairs != usual.pairs)
    refuse("pairs", "--task induction beside it", std::to_string(c.pairs));
  if (c.task != "induction" && c.distance)
    refuse("distance", "--task induction beside it", std::to_string(*c.distance));
  if (c.task != "selective-copy" && c.remember != usual.remember)
    refuse("remember", "--task selective-copy beside it", std::to_string(c.remember));
  if (c.task.empty()) return;
  if (!model::parse_task(c.task)) refuse("task", "copy, selective-copy, induction or in-context", c.task);
  const std::string objective = c.task == "copy" ? "copy" : "clm";
  if (c.objective != objective)
    refuse("objective", objective + ", which is that of the task " + c.task, c.objective);
  if ((c.task == "selective-copy" || c.task == "induction") && sources_of(c) != 0)
    throw ArgumentError("this task draws its own sequences",
                        {"", "--task " + c.task, "none of --text, --tokens, --random", "", ""});
  if (draws_task(c)) {
    auto sizes = *task_sizes(c);
    if (c.vocabulary == 0) sizes.vocabulary = synthetic_vocabulary;
    model::check_task(sizes);
  }
}

/// What has no Toeplitz weights takes no wishes for them. (plan_architecture checks the rest.)
void check_mixing(const TrainingConfig& c) {
  if (c.mixing == "toeplitz") return;
  if (c.mixing != "attention" && c.mixing != "dense")
    refuse("mixing", "toeplitz, attention or dense", c.mixing);
  if (c.toeplitz != "free") refuse("toeplitz", "free with --mixing " + c.mixing, c.toeplitz);
  if (c.mixing == "attention" && c.init != "reference")
    refuse("init", "reference with --mixing attention", c.init);
}

void check_retention(const TrainingConfig& c) {
  if (!is_retention(c)) {
    const char* fitting = "--objective retention beside it";
    if (!c.encoder.empty()) refuse("encoder", fitting, c.encoder);
    if (c.encoder_untrained) refuse("encoder-untrained", fitting, c.objective);
    if (c.decoder != TrainingConfig{}.decoder) refuse("decoder", fitting, c.decoder);
    if (c.code_from_end != TrainingConfig{}.code_from_end)
      refuse("code-from-end", fitting, std::to_string(c.code_from_end));
    return;
  }
  if (c.encoder.empty()) refuse("encoder", "a checkpoint or the folder of a run", "none");
  if (c.decoder != "toeplitz" && c.decoder != "dense") refuse("decoder", "toeplitz or dense", c.decoder);
  require(c.code_from_end == 1 || c.code_from_end == 2, "code-from-end", "1 or 2",
          static_cast<double>(c.code_from_end));
  if (c.toeplitz == "minimum-phase") refuse("toeplitz", "free or frozen beside a frozen encoder", c.toeplitz);
  if (c.mixing != TrainingConfig{}.mixing) refuse("mixing", "that of the encoder", c.mixing);
  if (c.tie || c.bottleneck != 0)
    refuse(c.tie ? "tie" : "bottleneck", "neither of them beside --objective retention", "");
}

}  // namespace

std::string training_config_toml(const TrainingConfig& c) {
  TomlLines toml;
  toml.group("A training run of tmm. Again: tmm train --config FILE -o DIR");
  toml.add("objective", c.objective);
  if (is_retention(c)) {
    toml.add("encoder", c.encoder);
    toml.add("encoder-untrained", c.encoder_untrained);
    toml.add("decoder", c.decoder);
    toml.add("code-from-end", c.code_from_end);
  }
  add_data(toml, c);
  toml.group("network");
  if (c.family != TrainingConfig{}.family) toml.add("family", c.family);
  if (c.mixing != TrainingConfig{}.mixing) toml.add("mixing", c.mixing);
  toml.add("dim", c.dim);
  toml.add("context", c.context);
  toml.add("vocabulary", c.vocabulary);
  toml.add("blocks", c.blocks);
  toml.add("expansion", c.expansion);
  toml.add("heads", c.heads);
  toml.add("parallel-heads", c.parallel_heads);
  toml.add("expanded", c.expanded);
  toml.add("kernel", c.kernel);
  toml.add("tie", c.tie);
  toml.add("bottleneck", c.bottleneck);
  toml.add("toeplitz", c.toeplitz);
  toml.add("init", c.init);
  toml.add("seed", c.seed);
  toml.group("optimiser");
  toml.add("steps", c.steps);
  toml.add("batch", c.batch);
  toml.add("learning-rate", c.learning_rate);
  if (c.warmup) toml.add("warmup", *c.warmup);
  toml.add("decay", c.decay);
  toml.add("weight-decay", c.weight_decay);
  toml.add("clip", c.clip);
  toml.group("records");
  toml.add("report-every", c.report_every);
  toml.add("index-every", c.index_every);
  toml.add("eval-every", c.eval_every);
  toml.add("eval-sequences", c.eval_sequences);
  toml.add("checkpoint-every", c.checkpoint_every);
  if (c.threads != 0) toml.add("threads", c.threads);
  return toml.text();
}

void complete_training_config(TrainingConfig& config) {
  constexpr std::uint64_t usual_warmup = 200;
  if (!config.warmup) config.warmup = std::min(usual_warmup, config.steps / 10);
  if (config.task == "copy" && config.objective == TrainingConfig{}.objective) config.objective = "copy";
}

void check_training_config(const TrainingConfig& c) {
  if (!is_retention(c) && !model::parse_objective(c.objective))
    refuse("objective", "clm, copy or autoencoder, or retention", c.objective);
  check_retention(c);
  if (!model::parse_parametrisation(c.toeplitz))
    refuse("toeplitz", "free, minimum-phase or frozen", c.toeplitz);
  if (!model::parse_initialisation(c.init)) refuse("init", "reference, identity, decaying or ones", c.init);
  check_mixing(c);
  if (!model::parse_decay(c.decay)) refuse("decay", "linear, cosine or constant", c.decay);
  check_task_options(c);
  const int sources = sources_of(c);
  if (sources != 1 && !draws_task(c))
    throw ArgumentError(sources == 0 ? "nothing to train on" : "more than one source of data",
                        {"", "", "one of --text FILE…, --tokens FILE, --random", "", ""});
  if (!c.dataset.empty() && c.tokens.empty()) refuse("dataset", "--tokens FILE beside it", c.dataset);
  if (!c.token_type.empty() && (c.tokens.empty() || !parse_raw_integer(c.token_type)))
    refuse("token-type", "uint8, uint16, uint32, int32 or int64, and --tokens FILE beside it", c.token_type);
  if (c.ignore_id && c.tokens.empty())
    refuse("ignore-id", "--tokens FILE beside it", std::to_string(*c.ignore_id));
  check_numbers(c);
}

model::Objective training_objective(const TrainingConfig& config) {
  return is_retention(config) ? model::Objective::autoencoder : *model::parse_objective(config.objective);
}

std::optional<model::TaskSizes> task_sizes(const TrainingConfig& c) {
  const auto task = model::parse_task(c.task);
  if (!task) return std::nullopt;
  return model::TaskSizes{*task, c.vocabulary, c.context, c.pairs, c.distance, c.remember};
}

bool draws_task(const TrainingConfig& c) {
  return !c.task.empty() && c.task != "in-context" && sources_of(c) == 0;
}

bool is_retention(const TrainingConfig& config) {
  return config.objective == "retention";
}

model::NetworkSizes network_sizes(const TrainingConfig& c) {
  model::NetworkSizes sizes;
  sizes.network = c.objective == "autoencoder" ? model::Network::autoencoder : model::Network::language_model;
  sizes.family = c.family;
  sizes.mixing = c.mixing;
  sizes.embedding = c.dim;
  sizes.context = c.context;
  sizes.vocabulary = c.vocabulary;
  sizes.blocks = c.blocks;
  sizes.expansion = c.expansion;
  sizes.heads = c.heads;
  sizes.kernel_rows = c.kernel;
  sizes.bottleneck = c.bottleneck;
  sizes.expanded = c.expanded;
  sizes.parallel_heads = c.parallel_heads;
  sizes.tied = c.tie;
  return sizes;
}

model::TrainerOptions trainer_options(const TrainingConfig& c, std::size_t length) {
  model::TrainerOptions options;
  options.parametrisation = *model::parse_parametrisation(c.toeplitz);
  options.schedule = {c.learning_rate, c.warmup.value_or(0), c.steps, *model::parse_decay(c.decay)};
  options.adamw.weight_decay = c.weight_decay;
  options.clip = c.clip;
  options.sequences = c.batch;
  options.length = length;
  options.frozen_encoder = is_retention(c);
  options.threads = c.threads != 0 ? c.threads : std::max(1U, std::thread::hardware_concurrency());
  return options;
}

}  // namespace tmm::io
