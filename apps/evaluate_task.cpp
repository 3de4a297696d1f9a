// SPDX-License-Identifier: MIT
#include "apps/evaluate_task.hpp"

#include "apps/options/number_option.hpp"
#include "apps/options/train_options.hpp"
#include "io/tokens/task_sequences.hpp"
#include "model/base/error.hpp"

namespace tmm::apps {
namespace {

/// How the file says it was trained; the usual configuration where it says nothing that is understood here.
io::TrainingConfig training_of(const io::CheckpointHeader& header) {
  const auto config = header.attributes.find("config");
  if (config == header.attributes.end()) return {};
  try {
    io::TrainingConfig unused;
    CLI::App silent;  // a command line that says nothing
    add_training_options(silent, unused);
    return read_training_config(config->second, header.path, silent);
  } catch (const Error&) {
    return {};  // another program's, or another version's: what is taken is printed
  }
}

void require_fitting(const TaskOptions& options, model::Task task) {
  const auto refuse = [&](const char* option, const char* fitting) {
    throw ArgumentError("the task has no such size",
                        {"", option, std::string("--task ") + fitting, std::string(model::name(task)), ""});
  };
  if (options.pairs && task != model::Task::induction) refuse("--pairs", "induction");
  if (options.distance && task != model::Task::induction) refuse("--distance", "induction");
  if (options.remember && task != model::Task::selective_copy) refuse("--remember", "selective-copy");
}

}  // namespace

CLI::Option* add_task_options(CLI::App& command, TaskOptions& options) {
  const char* group = "Task";
  auto* task =
      command
          .add_option("--task", options.task,
                      "accuracy on copy, selective-copy or induction (drawn, --limit sequences, 1024 by "
                      "default), or in-context: what context is worth on --text or --tokens")
          ->check(CLI::IsMember({"copy", "selective-copy", "induction", "in-context"}))
          ->group(group);
  const auto size = [&](const char* name, auto& value, const char* help, std::uint64_t least) {
    add_whole(command, name, value, help, least)->needs(task)->group(group);
  };
  size("--pairs", options.pairs, "induction: pairs of key and value (default: as trained, else 4)", 1);
  size("--distance", options.distance,
       "induction: blanks between pairs and questions (default: as trained, else drawn for each sequence)",
       0);
  size("--remember", options.remember, "selective-copy: tokens to be repeated (default: as trained, else 8)",
       1);
  size("--length", options.length, "tokens of a drawn sequence (default: the context n)", 1);
  size("--seed", options.seed, "of drawn sequences; training never draws the same ones", 0);
  return task;
}

model::TaskSizes asked_sizes(const TaskOptions& options, const io::CheckpointHeader& header,
                             const model::Architecture& architecture) {
  const auto task = *model::parse_task(options.task);
  require_fitting(options, task);
  const auto trained = training_of(header);
  const bool same = trained.task == options.task;
  const io::TrainingConfig usual;
  model::TaskSizes sizes{task, architecture.vocabulary, options.length.value_or(architecture.context)};
  sizes.pairs = options.pairs.value_or(same ? trained.pairs : usual.pairs);
  sizes.remember = options.remember.value_or(same ? trained.remember : usual.remember);
  sizes.distance = options.distance ? options.distance : same ? trained.distance : std::nullopt;
  if (sizes.length > architecture.context)
    throw ArgumentError("sequences longer than the network's context",
                        {header.path, "--length", "at most " + std::to_string(architecture.context),
                         std::to_string(sizes.length), ""});
  return sizes;
}

model::Objective objective_of(const TaskOptions& options, const std::string& file,
                              const model::Architecture& architecture) {
  if (architecture.network != model::Network::language_model)
    throw ArgumentError("tasks are asked of language models",
                        {file, "--task " + options.task, "a language model", "an autoencoder", ""});
  return options.task == "copy" ? model::Objective::copy : model::Objective::clm;
}

void require_task_on_tokens(const TaskOptions& options, const model::TaskSizes& sizes) {
  if (sizes.task == model::Task::selective_copy || sizes.task == model::Task::induction)
    throw ArgumentError("this task draws its own sequences",
                        {"", "--task " + options.task, "neither --text nor --tokens", "", ""});
  if (options.length)
    throw ArgumentError("only drawn sequences have a length of choice",
                        {"", "--length", "neither --text nor --tokens", std::to_string(*options.length), ""});
}

io::SequenceSet draw_for_evaluation(const model::TaskSizes& sizes, std::uint64_t seed, std::size_t count,
                                    const std::string& file) {
  if (sizes.task == model::Task::in_context)
    throw ArgumentError("nothing to evaluate on",
                        {file, "--task in-context", "--text FILE… or --tokens FILE", "", ""});
  return io::draw_sequences(model::TaskTokens(sizes, seed), io::evaluation_stream, 0, count);
}

}  // namespace tmm::apps
