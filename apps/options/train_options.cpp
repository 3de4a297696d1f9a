// SPDX-License-Identifier: MIT
#include "apps/options/train_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <set>
#include <vector>

#include "apps/options/number_option.hpp"
#include "apps/options/training_toml.hpp"

namespace tmm::apps {
namespace {

/// Numbers with their defaults. Which of them a run can have is said by check_training_config.
template <class T>
void whole(CLI::App& command, const char* name, T& value, const char* help, const char* group,
           std::uint64_t least = 0) {
  add_whole(command, name, value, help, least)->default_str(fmt::format("{}", value))->group(group);
}

void real(CLI::App& command, const char* name, double& value, const char* help, const char* group) {
  add_real(command, name, value, help, real_number("", [](double) { return true; }))
      ->default_str(fmt::format("{}", value))
      ->group(group);
}

void add_data_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Data";
  command.add_option("--text", c.text, "text files, read as bytes one after the other")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--tokens", c.tokens, "file of token ids, (N) or (sequences, tokens): HDF5, .npy, raw .bin")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--dataset", c.dataset, "dataset of an HDF5 token file")->group(group);
  command
      .add_option("--token-type", c.token_type,
                  "of a token file of raw numbers: uint8, uint16 (default for .bin), uint32, int32, int64")
      ->group(group);
  add_token_id(command, "--ignore-id", c.ignore_id, "id of padding, which is not to be predicted")
      ->group(group);
  command.add_flag("--random", c.random, "synthetic sequences that echo what came long before")->group(group);
  command
      .add_option("--task", c.task,
                  "copy (the second half repeats the first; of random tokens, or of those given), "
                  "selective-copy, induction (associative recall), or in-context (on given tokens)")
      ->group(group);
  whole(command, "--pairs", c.pairs, "induction: pairs of key and value in a sequence", group, 1);
  add_whole(command, "--distance", c.distance,
            "induction: blanks between pairs and questions (default: drawn for each sequence)")
      ->group(group);
  whole(command, "--remember", c.remember, "selective-copy: tokens to be repeated", group, 1);
  real(command, "--validation", c.validation, "share of the data, its end, kept for validation", group);
}

void add_network_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Network";
  const auto size = [&](const char* name, std::size_t& value, const char* help) {
    whole(command, name, value, help, group, 1);
  };
  command
      .add_option("--family", c.family,
                  "tmm, first-tmm (token mixing first, RMSNorm) or softplus-heads (positive taps)")
      ->capture_default_str()
      ->group(group);
  command
      .add_option(
          "--mixing", c.mixing,
          "over time: toeplitz, attention (causal softmax, rotary positions) or dense (a lower triangular "
          "matrix a block)")
      ->capture_default_str()
      ->group(group);
  size("--dim", c.dim, "embedding d");
  size("--context", c.context, "context length n");
  whole(command, "--vocabulary", c.vocabulary,
        "v (0: 256 for text, 64 for --random and tasks, largest token + 1)", group);
  size("--blocks", c.blocks, "blocks L; of an autoencoder: in each half");
  size("--expansion", c.expansion, "width of channel mixing over d");
  size("--heads", c.heads, "heads H, of Toeplitz layers with projections if more than 1");
  command.add_flag("--parallel-heads", c.parallel_heads, "all heads in one tensor")->group(group);
  command.add_flag("--expanded", c.expanded, "two Toeplitz operators with SiLU between")->group(group);
  size("--kernel", c.kernel, "kernel rows k");
  command.add_flag("--tie", c.tie, "one embedding for input and output")->group(group);
  whole(command, "--bottleneck", c.bottleneck, "width an autoencoder's code is compressed to (0: not)",
        group);
  command.add_option("--toeplitz", c.toeplitz, "free, minimum-phase (index 0 throughout) or frozen")
      ->capture_default_str()
      ->group(group);
  command.add_option("--init", c.init, "of Toeplitz weights: reference, identity, decaying or ones")
      ->capture_default_str()
      ->group(group);
  whole(command, "--seed", c.seed, "of all random numbers", group);
}

void add_optimiser_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Optimiser";
  whole(command, "--steps", c.steps, "steps, at the end of which the learning rate has fallen", group);
  whole(command, "--batch", c.batch, "sequences a step", group);
  real(command, "--learning-rate,--lr", c.learning_rate, "its peak, after the warm-up", group);
  add_whole(command, "--warmup", c.warmup,
            "steps of linear warm-up (default: 200, at most a tenth of --steps)")
      ->group(group);
  command.add_option("--decay", c.decay, "linear, cosine or constant")->capture_default_str()->group(group);
  real(command, "--weight-decay", c.weight_decay, "of AdamW, on every parameter", group);
  real(command, "--clip", c.clip, "largest norm of the gradient (0: any)", group);
}

void add_record_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Records";
  const auto every = [&](const char* name, auto& value, const char* help) {
    whole(command, name, value, help, group);
  };
  every("--report-every", c.report_every, "steps between rows of the report (0: none)");
  every("--index-every", c.index_every, "steps between records of indices and Toeplitz weights (0: none)");
  every("--eval-every", c.eval_every, "steps between validations (0: none)");
  every("--eval-sequences", c.eval_sequences, "most sequences of a validation");
  every("--checkpoint-every", c.checkpoint_every, "steps between checkpoints (0: first and last alone)");
  whole(command, "--threads", c.threads, "threads (0: all processors; the numbers do not depend on it)",
        group);
}

void add_retention_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Retention";
  command
      .add_option(
          "--encoder", c.encoder,
          "checkpoint or run of any family whose embedding and blocks are kept as they are, under a new "
          "decoder")
      ->type_name("FILE")
      ->group(group);
  command
      .add_flag("--encoder-untrained", c.encoder_untrained,
                "an encoder of that architecture with numbers drawn anew: what training is compared with")
      ->group(group);
  command
      .add_option("--decoder", c.decoder,
                  "toeplitz (blocks as the encoder's, or flat ones) or dense (masked mixers)")
      ->capture_default_str()
      ->group(group);
  whole(command, "--code-from-end", c.code_from_end, "read the last position (1) or the last but one (2)",
        group, 1);
}

/// Gives the keys of a configuration to the options of `reader` of their names, except to those that have a
/// value already. Throws for keys that are no options, and for values of another type.
void take_keys(CLI::App& reader, const std::string& toml, const std::string& source) {
  for (const auto& [name, value] : parse_toml(toml, source)) {
    const TomlOption given{std::string(name.str()), &value};
    if (value.is_table() || value.is_array_of_tables())
      refuse_toml(source, given.key, value, "this configuration has no sections");
    CLI::Option& option = training_option(reader, source, given);
    const auto texts = option_texts(option, source, given);
    if (option.count() > 0) continue;
    for (const std::string& text : texts) option.add_result(text);
  }
}

}  // namespace

void add_training_options(CLI::App& command, io::TrainingConfig& config) {
  command.add_option("--objective", config.objective, "clm, copy, autoencoder or retention")
      ->capture_default_str();
  add_retention_options(command, config);
  add_data_options(command, config);
  add_network_options(command, config);
  add_optimiser_options(command, config);
  add_record_options(command, config);
}

bool given(const CLI::App& command, const std::string& option) {
  return command.get_option(option)->count() > 0;
}

io::TrainingConfig read_training_config(const std::string& toml, const std::string& source,
                                        const CLI::App& command) {
  io::TrainingConfig config;
  CLI::App reader;
  reader.set_help_flag();
  add_training_options(reader, config);
  // The command line goes first.
  for (CLI::Option* option : reader.get_options()) {
    const CLI::Option* there = command.get_option_no_throw("--" + key_of(*option));
    if (there == nullptr) continue;
    for (const std::string& value : there->results()) option->add_result(value);
  }
  take_keys(reader, toml, source);
  finish_training_options(reader, config, source, &command);
  return config;
}

std::set<std::string> given_besides(const CLI::App& command, const std::set<std::string>& allowed) {
  io::TrainingConfig unused;
  CLI::App reader;
  reader.set_help_flag();
  add_training_options(reader, unused);
  std::set<std::string> found;
  for (const CLI::Option* option : reader.get_options()) {
    const std::string key = "--" + key_of(*option);
    if (!allowed.contains(key) && given(command, key)) found.insert(key);
  }
  return found;
}

}  // namespace tmm::apps
