// SPDX-License-Identifier: MIT
#include "apps/train_options.hpp"

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

void add_data_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Data";
  command.add_option("--text", c.text, "text files, read as bytes one after the other")->group(group);
  command.add_option("--tokens", c.tokens, "HDF5 file of token ids, (N) or (sequences, tokens)")
      ->group(group);
  command.add_option("--dataset", c.dataset, "dataset of the token file")->group(group);
  command.add_flag("--random", c.random, "synthetic sequences that echo what came long before")->group(group);
  command.add_option("--validation", c.validation, "share of the data, its end, kept for validation")
      ->capture_default_str()
      ->group(group);
}

void add_network_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Network";
  const auto size = [&](const char* name, std::size_t& value, const char* help) {
    command.add_option(name, value, help)->check(CLI::PositiveNumber)->capture_default_str()->group(group);
  };
  size("--dim", c.dim, "embedding d");
  size("--context", c.context, "context length n");
  command.add_option("--vocabulary", c.vocabulary, "v (0: 256 for text, 64 for --random, largest token + 1)")
      ->capture_default_str()
      ->group(group);
  size("--blocks", c.blocks, "blocks L; of an autoencoder: in each half");
  size("--expansion", c.expansion, "width of channel mixing over d");
  size("--heads", c.heads, "heads H, with projections if more than 1");
  command.add_flag("--parallel-heads", c.parallel_heads, "all heads in one tensor")->group(group);
  command.add_flag("--expanded", c.expanded, "two Toeplitz operators with SiLU between")->group(group);
  size("--kernel", c.kernel, "kernel rows k");
  command.add_flag("--tie", c.tie, "one embedding for input and output")->group(group);
  command.add_option("--bottleneck", c.bottleneck, "width an autoencoder's code is compressed to (0: not)")
      ->capture_default_str()
      ->group(group);
  command.add_option("--toeplitz", c.toeplitz, "free, minimum-phase (index 0 throughout) or frozen")
      ->capture_default_str()
      ->group(group);
  command.add_option("--init", c.init, "of Toeplitz weights: reference, identity, decaying or ones")
      ->capture_default_str()
      ->group(group);
  command.add_option("--seed", c.seed, "of all random numbers")->capture_default_str()->group(group);
}

void add_optimiser_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Optimiser";
  const auto number = [&](const char* name, auto& value, const char* help) {
    return command.add_option(name, value, help)->capture_default_str()->group(group);
  };
  number("--steps", c.steps, "steps, at the end of which the learning rate has fallen");
  number("--batch", c.batch, "sequences a step");
  number("--learning-rate,--lr", c.learning_rate, "its peak, after the warm-up");
  command
      .add_option("--warmup", c.warmup, "steps of linear warm-up (default: 200, at most a tenth of --steps)")
      ->group(group);
  number("--decay", c.decay, "linear, cosine or constant");
  number("--weight-decay", c.weight_decay, "of AdamW, on every parameter");
  number("--clip", c.clip, "largest norm of the gradient (0: any)");
}

void add_record_options(CLI::App& command, io::TrainingConfig& c) {
  const char* group = "Records";
  const auto every = [&](const char* name, auto& value, const char* help) {
    command.add_option(name, value, help)->capture_default_str()->group(group);
  };
  every("--report-every", c.report_every, "steps between rows of the report (0: none)");
  every("--index-every", c.index_every, "steps between records of indices and Toeplitz weights (0: none)");
  every("--eval-every", c.eval_every, "steps between validations (0: none)");
  every("--eval-sequences", c.eval_sequences, "most sequences of a validation");
  every("--checkpoint-every", c.checkpoint_every, "steps between checkpoints (0: first and last alone)");
  command.add_option("--threads", c.threads, "threads (0: all processors; the numbers do not depend on it)")
      ->capture_default_str()
      ->group(group);
}

std::string key_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

[[noreturn]] void refuse(const std::string& source, const std::string& key, const std::string& what) {
  throw FormatError(what, {source, model::printable(key), "", "", "tmm train --help lists all keys"});
}

}  // namespace

void add_training_options(CLI::App& command, io::TrainingConfig& config) {
  command.add_option("--objective", config.objective, "clm, copy or autoencoder")->capture_default_str();
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
  // CLI11 leaves an option alone that has a value already: the command line goes first.
  for (CLI::Option* option : reader.get_options()) {
    const CLI::Option* there = command.get_option_no_throw("--" + key_of(*option));
    if (there == nullptr) continue;
    for (const std::string& value : there->results()) option->add_result(value);
  }
  std::istringstream keys(toml), stream(toml);
  for (const CLI::ConfigItem& item : reader.get_config_formatter()->from_config(keys)) {
    if (!item.parents.empty()) refuse(source, item.fullname(), "this configuration has no sections");
    const CLI::Option* option = reader.get_option_no_throw("--" + item.name);
    if (option == nullptr || key_of(*option).empty()) refuse(source, item.name, "unknown key");
    // Its last word would win, silently.
    if (option->get_expected_max() == 1 && item.inputs.size() > 1)
      refuse(source, item.name, "several values");
  }
  try {
    reader.parse_from_stream(stream);
  } catch (const CLI::ParseError& e) {
    throw FormatError(std::string("not a configuration of a training run: ") + e.what(),
                      {source, "", "", "", ""});
  }
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
