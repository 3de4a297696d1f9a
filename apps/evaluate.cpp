// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "analysis/spectrum/reconstruction.hpp"
#include "apps/commands.hpp"
#include "apps/evaluate_task.hpp"
#include "apps/network_file.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/progress_bar.hpp"
#include "apps/score_continuations.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/evaluation/evaluation_report.hpp"
#include "io/run/task_totals.hpp"
#include "io/tokens/forward_writer.hpp"
#include "io/tokens/golden.hpp"
#include "io/tokens/task_sequences.hpp"
#include "io/tokens/tokens.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::apps {
namespace {

struct EvaluateOptions : NetworkFile {
  std::optional<std::int32_t> ignore_id;
  std::string tokens, continuations, token_type, dataset, objective, logits, activations, golden;
  std::vector<std::string> text;
  std::string format = "table", precision = "float32";
  std::size_t batch = 16, limit = 0, threads = 0;
  double tolerance = 1e-4;
  bool invert = false, force = false, both_halves = false;
  TaskOptions task;
};

// Inversion keeps the activations of so many sequences.
constexpr std::size_t most_inverted_sequences = 4;

model::Objective choose_objective(const EvaluateOptions& options, const io::CheckpointHeader& header,
                                  const model::Architecture& architecture) {
  if (!options.task.task.empty()) return objective_of(options.task, options.file, architecture);
  return objective_of_network(options.file, header, architecture, options.objective);
}

template <class T>
void evaluate_batches(const EvaluateOptions& options, const model::Tmm<T>& network,
                      const io::SequenceSet& set, io::EvaluationReport& report,
                      std::optional<io::TaskTotals> task) {
  using Clock = std::chrono::steady_clock;
  const std::size_t total = report.summary.sequences;
  model::Evaluator<T> evaluator(network, set.length, report.threads);
  io::ForwardWriter<T> writer(network, {total, set.length}, options.logits, options.activations,
                              report.warnings);
  model::LossTotals totals;
  ProgressBar progress(progress_wanted(std::nullopt, false), "sequences");
  std::vector<model::TokenLoss> losses;
  for (std::size_t first = 0; first < total; first += options.batch) {
    const auto batch = io::make_batch(set, first, std::min(options.batch, total - first),
                                      options.both_halves ? model::Objective::clm : report.objective);
    losses.resize(batch.ids.size());
    writer.start_batch(first);
    const bool observed = !options.logits.empty() || !options.activations.empty();
    const auto start = Clock::now();
    evaluator.run(batch, losses, observed ? &writer : nullptr);
    report.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    totals.add(losses, set.length);
    if (task) task->add(set, first, batch, losses);
    progress.update(first + batch.sequences, total);
  }
  writer.finish();
  report.summary = totals.summary();
  if (task) report.task = task->report();
}

io::TokenFile token_file(const EvaluateOptions& options) {
  io::TokenFile how;
  if (!options.dataset.empty()) how.dataset = options.dataset;
  how.type = io::parse_raw_integer(options.token_type);
  how.ignored = options.ignore_id;
  return how;
}

/// The sequences of an evaluation, and how they are to be read.
struct Sequences {
  io::SequenceSet set;
  std::string source;
  std::optional<model::TaskSizes> task;
  bool drawn = false;
};

Sequences sequences_of(const EvaluateOptions& options, const io::CheckpointHeader& header,
                       const model::Architecture& architecture, model::Objective objective) {
  constexpr std::size_t usual_count = 1024;
  Sequences sequences;
  if (!options.task.task.empty()) sequences.task = asked_sizes(options.task, header, architecture);
  if (options.text.empty() && options.tokens.empty()) {
    const std::size_t count = options.limit == 0 ? usual_count : options.limit;
    sequences.set = draw_for_evaluation(*sequences.task, options.task.seed, count, options.file);
    sequences.source = "drawn: " + options.task.task;
    sequences.drawn = true;
    return sequences;
  }
  const auto tokens = options.text.empty()
                          ? io::read_tokens(options.tokens, architecture.vocabulary, token_file(options))
                          : io::read_text(options.text, architecture.vocabulary);
  if (sequences.task) require_task_on_tokens(options.task, *sequences.task);
  sequences.set = io::cut_sequences(tokens, architecture, objective);
  sequences.source = tokens.source;
  if (objective == model::Objective::copy) io::add_copy_distances(sequences.set);
  return sequences;
}

/// Finds now what would stop the writing of results in the end.
void check_outputs(const EvaluateOptions& options) {
  auto inputs = options.text;
  inputs.push_back(options.file);
  if (!options.tokens.empty()) inputs.push_back(options.tokens);
  std::optional<io::OutputFile> logits;
  if (!options.logits.empty()) logits.emplace(options.logits, options.force, inputs);
  if (options.activations.empty()) return;
  const io::OutputFile activations(options.activations, options.force, inputs);
  if (logits) activations.require_apart(logits->path(), "logits and activations would go to one file");
}

template <class T>
void evaluate(const EvaluateOptions& options, const io::TensorSource& source) {
  check_outputs(options);
  const auto state = io::read_checkpoint(source);
  const auto assumed = assumed_of(options, source.header());
  const auto network = model::load_network<T>(state, assumed);
  const auto& architecture = network.architecture;
  io::EvaluationReport report;
  report.file = options.file;
  report.warnings = judge(options, source.header(), state);
  if (options.format == "json") report.sha256 = source.sha256();
  report.precision = options.precision;
  report.threads = options.threads;
  report.objective = choose_objective(options, source.header(), architecture);
  if (options.both_halves) {
    if (report.objective != model::Objective::copy)
      throw ArgumentError("only the copy task has two halves",
                          {options.file, "", "objective copy beside --copy-loss-on-both-halves",
                           std::string(model::name(report.objective)), ""});
    report.warnings.push_back(
        "As --copy-loss-on-both-halves says, the loss counts the first half of a "
        "sequence as well as its copy.");
  }
  const auto [set, from, task, drawn] =
      sequences_of(options, source.header(), architecture, report.objective);
  report.source = from;
  report.length = set.length;
  report.left_out = set.left_out;
  report.summary.sequences = options.limit == 0 ? set.count() : std::min(options.limit, set.count());
  report.beyond_limit = set.count() - report.summary.sequences;
  std::optional<io::TaskTotals> totals;
  if (task) totals.emplace(*task, drawn ? std::optional(options.task.seed) : std::nullopt, set.length);
  evaluate_batches(options, network, set, report, std::move(totals));
  if (options.invert) {
    report.inverted_sequences = std::min({most_inverted_sequences, options.batch, report.summary.sequences});
    const auto batch = io::make_batch(set, 0, report.inverted_sequences, report.objective);
    report.inversion =
        analysis::reconstruct_all(model::load_network<float>(state, assumed),
                                  model::toeplitz_layers(state, assumed), batch, options.threads);
  }
  write_output(options.format == "json" ? io::evaluation_json(report) : io::evaluation_table(report));
}

template <class T>
void check(const EvaluateOptions& options, const io::TensorSource& source) {
  const auto state = io::read_checkpoint(source);
  const auto warnings = judge(options, source.header(), state);
  const auto network = model::load_network<T>(state, assumed_of(options, source.header()));
  const auto golden = io::read_golden(options.golden, network.architecture);
  const io::CheckReport report{options.file,
                               options.golden,
                               options.precision,
                               options.tolerance,
                               io::compare_with_golden(network, golden, options.threads),
                               warnings};
  write_output(options.format == "json" ? io::check_json(report) : io::check_table(report));
  if (!io::passes(report))
    throw FormatError("the forward pass does not agree with the stored one",
                      {options.golden, "", "", "", ""});
}

void run(EvaluateOptions options) {
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto source = io::open_checkpoint(options.file, options.copy);
  options.file = source->header().path;  // of a folder, what was taken
  if (!options.continuations.empty()) {
    const ContinuationRequest request{options.continuations, options.precision, options.format,
                                      options.threads};
    return score_continuations(options, request, *source);
  }
  const bool twice = options.precision == "float64";
  if (!options.golden.empty())
    return twice ? check<double>(options, *source) : check<float>(options, *source);
  if (options.tokens.empty() && options.text.empty() && options.task.task.empty())
    throw ArgumentError(
        "nothing to evaluate on",
        {options.file, "", "--tokens FILE, --text FILE…, --task TASK, --check FILE or --continuations FILE",
         "", ""});
  return twice ? evaluate<double>(options, *source) : evaluate<float>(options, *source);
}

}  // namespace

void add_evaluate(CLI::App& app) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "Run a network on tokens: loss, perplexity, accuracy");
  command
      ->add_option("FILE", options->file,
                   "checkpoint: HDF5, safetensors, the index of shards, or a folder with one")
      ->required();
  auto* tokens = command
                     ->add_option("--tokens", options->tokens,
                                  "file of token ids, (N) or (sequences, tokens): HDF5, .npy, raw .bin")
                     ->type_name("FILE");
  command->add_option("--dataset", options->dataset, "dataset of an HDF5 token file")->needs(tokens);
  command
      ->add_option("--token-type", options->token_type,
                   "of a token file of raw numbers (default: uint16 if it is named .bin)")
      ->check(CLI::IsMember({"uint8", "uint16", "uint32", "int32", "int64"}))
      ->needs(tokens);
  add_token_id(*command, "--ignore-id", options->ignore_id, "id of padding, which counts in no loss")
      ->needs(tokens);
  auto* text = command->add_option("--text", options->text, "text files, read as bytes (vocabulary 256)")
                   ->type_name("FILE")
                   ->excludes(tokens);
  auto* golden =
      command
          ->add_option("--check", options->golden,
                       "compare with the losses, logits, block outputs of this HDF5 file; those of some "
                       "positions need a dataset positions")
          ->type_name("FILE")
          ->excludes(tokens)
          ->excludes(text);
  add_real(*command, "--tolerance", options->tolerance,
           "largest difference that --check accepts, relative to scale",
           real_number("0 or more", [](double x) { return x >= 0; }))
      ->default_str("0.0001");
  auto* objective = command
                        ->add_option("--objective", options->objective,
                                     "clm, copy or autoencoder (default: as the file says)")
                        ->check(CLI::IsMember({"clm", "copy", "autoencoder"}));
  auto* both_halves = command->add_flag("--copy-loss-on-both-halves", options->both_halves,
                                        "of the copy task: the loss counts the first half, too");
  auto* task = add_task_options(*command, options->task);
  for (CLI::Option* other : {golden, objective, both_halves}) task->excludes(other);
  add_whole(*command, "--batch", options->batch, "sequences at a time", 1)->default_str("16");
  add_whole(*command, "--limit", options->limit, "evaluate at most so many sequences", 1);
  command->add_option("--precision", options->precision, "arithmetic of the network: float32 or float64")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  add_whole(*command, "--threads", options->threads, "threads (default: all processors)", 1, 1024);
  auto* logits = command->add_option("--logits", options->logits,
                                     "write logits (sequences, tokens, v) to this HDF5 file");
  auto* activations = command->add_option("--activations", options->activations,
                                          "write the output of every block to this HDF5 file");
  for (CLI::Option* output : {logits, activations})
    output->type_name("FILE")->excludes(golden)->check(check_file_name);
  command->add_flag("--force", options->force, "replace result files that exist");
  add_assume_toeplitz(*command, options->assume_toeplitz);
  add_copy(*command, options->copy);
  add_answers(*command, options->answers);
  auto* invert = command->add_flag("--invert", options->invert,
                                   "push activations through each Toeplitz operator and back");
  CLI::Option* continuations = add_continuations(*command, options->continuations);
  for (CLI::Option* other : {tokens, text, golden, objective, both_halves, task, logits, activations, invert})
    continuations->excludes(other);
  command->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->footer(
      "Example: loss on the first 100 sequences of a token file\n"
      "  tmm evaluate model.h5 --tokens tokens.h5 --limit 100\n"
      "Example: a byte-level model on text, and what its layers forget\n"
      "  tmm evaluate model.h5 --text book.txt --invert\n"
      "Example: associative recall among 4 pairs: accuracy by distance, with chance\n"
      "  tmm evaluate model.h5 --task induction --pairs 4\n"
      "Example: how much more context helps on text\n"
      "  tmm evaluate model.h5 --task in-context --text book.txt\n"
      "Example: what an evaluation harness asks, {\"context\": [5, 17], \"continuation\": [4]} on each line\n"
      "  tmm evaluate model.h5 --continuations requests.jsonl --format json");
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
