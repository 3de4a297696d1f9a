// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/commands.hpp"
#include "apps/interrupt.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/options/train_options.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/files/input_file.hpp"
#include "io/report/checkpoint_report.hpp"
#include "io/report/evaluation/retention_report.hpp"
#include "io/report/evaluation/task_report.hpp"
#include "io/report/library_versions.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/report_html.hpp"
#include "io/run/run_page.hpp"
#include "io/run/training_run.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/trained_parameters.hpp"

namespace tmm::apps {
namespace {

struct TrainOptions {
  io::TrainingConfig config;
  std::string output, resume, config_file, page;
  double minutes = 0;
  std::uint64_t stop_at = 0;
  bool force = false, quiet = false;
};

/// Rows on standard output as they come, the bar on standard error between them.
class Display : public io::TrainingObserver {
 public:
  Display(bool quiet, bool validation, bool windings)
      : quiet_(quiet), validation_(validation), windings_(windings) {}

  void row(const io::MetricsRow& row) override {
    if (quiet_) return;
    bar_.reset();
    if (!headed_) print("{}\n", io::metrics_heading(validation_, windings_));
    headed_ = true;
    print("{}\n", io::metrics_line(row, validation_));
    flush_output();
  }
  void step(std::uint64_t done, std::uint64_t total) override {
    if (!progress_wanted(std::nullopt, quiet_)) return;
    if (!bar_) bar_.emplace(true, "steps");
    bar_->update(done, total);
  }
  void close() { bar_.reset(); }

 private:
  bool quiet_, validation_, windings_, headed_ = false;
  std::optional<ProgressBar> bar_;
};

std::string read_config_file(const std::string& path) {
  constexpr std::size_t most = std::size_t{1} << 20U;
  return io::InputFile(path).read(0, most);
}

io::TrainingRun begin(const TrainOptions& options, const CLI::App& command) {
  if (options.output.empty())
    throw ArgumentError("no folder for the run", {"", "", "-o DIR, or --resume DIR", "", ""});
  io::TrainingConfig config = options.config;
  if (!options.config_file.empty())
    config = read_training_config(read_config_file(options.config_file), options.config_file, command);
  return {std::move(config), options.output, options.force};
}

io::TrainingRun resume(const TrainOptions& options, const CLI::App& command) {
  const auto fixed = given_besides(command, {"--threads", "--checkpoint-every"});
  if (!fixed.empty())
    throw ArgumentError("a run goes on as it has begun",
                        {options.resume, *fixed.begin(), "", "",
                         "With --resume only --minutes, --stop-at, --threads "
                         "and --checkpoint-every may be given"});
  auto stored = io::TrainingRun::open(options.resume);
  auto config = read_training_config(stored.state.progress.config, stored.folder->state(), command);
  return {std::move(stored), std::move(config)};
}

void print_beginning(const io::TrainingRun& run) {
  const auto& architecture = run.architecture();
  print("{}\n", io::architecture_line(architecture));
  const std::string operators = architecture.operators == 0
                                    ? fmt::format("no Toeplitz operators ({})", run.config().init)
                                    : fmt::format("{} Toeplitz operators ({}, {})", architecture.operators,
                                                  run.config().toeplitz, run.config().init);
  print("{} parameters, {}, objective {}\n", model::trained_parameters(architecture), operators,
        run.config().objective);
  if (run.steps() != 0) print("resumed after step {} of {}\n", run.steps(), run.config().steps);
  print("\n");
}

void report_end(io::TrainingEnd end, const io::TrainingRun& run, int signal) {
  const std::string folder = model::printable(run.folder().path());
  switch (end) {
    case io::TrainingEnd::finished:
      if (run.task()) print("\nvalidation loss   {:.6g}\n{}", run.task()->loss, io::task_table(*run.task()));
      if (run.retention()) print("\n{}", io::retention_table(*run.retention()));
      print("\ndone: {}/model.h5\n", folder);
      return;
    case io::TrainingEnd::paused:
      print("\npaused after step {} of {}; tmm train --resume {} goes on\n", run.steps(), run.config().steps,
            folder);
      return;
    case io::TrainingEnd::interrupted:
      flush_output();
      remark("tmm: interrupted; step {} of {} is saved, tmm train --resume {} goes on\n", run.steps(),
             run.config().steps, folder);
      throw CLI::RuntimeError(128 + signal);
    case io::TrainingEnd::not_finite:
      break;
  }
  throw FormatError("loss or gradient is not a finite number at step " + std::to_string(run.steps() + 1) +
                        "; the checkpoint of step " + std::to_string(run.saved_step()) + " is kept",
                    {run.folder().path(), "", "", "", "A smaller --learning-rate or --clip may help"});
}

void run(const TrainOptions& options, const CLI::App& command) {
  std::optional<io::OutputFile> page;
  if (!options.page.empty()) {
    io::require_page();
    auto inputs = options.config.text;
    for (const std::string& path : {options.config.tokens, options.config_file})
      if (!path.empty()) inputs.push_back(path);
    page.emplace(options.page, options.force, inputs);
    for (const std::string& file :
         io::RunFolder::files(options.resume.empty() ? options.output : options.resume))
      page->require_apart(file, "the page would replace a file of the run");
  }
  const Interrupt interrupt;
  auto training = options.resume.empty() ? begin(options, command) : resume(options, command);
  if (page)
    for (const auto& data : {training.config().text, std::vector{training.config().tokens}})
      for (const std::string& path : data)
        if (!path.empty()) page->require_apart(path, "the page would replace the data of the run");
  if (!options.quiet) print_beginning(training);
  Display display(options.quiet,
                  training.config().eval_every != 0 && training.data().validation().count() != 0,
                  training.architecture().operators != 0);
  auto end = io::TrainingEnd::finished;
  try {
    end = training.run({options.minutes, options.stop_at, &interrupt.requested()}, display);
  } catch (const Error&) {  // a full disk, or a checkpoint that is not worth keeping
    display.close();
    if (training.folder().has_run())
      remark("tmm: the state of step {} is kept, tmm train --resume {} goes on\n", training.saved_step(),
             model::printable(training.folder().path()));
    throw;
  }
  display.close();
  if (page)
    page->write(io::metrics_html(io::metrics_with_curves(training.folder().path()), io::program_version()));
  report_end(end, training, interrupt.signal());
}

}  // namespace

void add_train(CLI::App& app) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Train a small network on the CPU, following its indices");
  auto* output = command
                     ->add_option("-o,--output", options->output,
                                  "folder of the run: model.h5, state.h5, metrics.csv, trajectory.h5, "
                                  "config.toml")
                     ->type_name("FOLDER");
  auto* config =
      command
          ->add_option("--config", options->config_file,
                       "TOML file of options, such as a run's config.toml; paths in it are seen from "
                       "its folder, options given here go before it")
          ->type_name("FILE");
  command->add_option("--resume", options->resume, "go on with the run in this folder, bit for bit")
      ->type_name("FOLDER")
      ->excludes(output)
      ->excludes(config);
  add_real(*command, "--minutes", options->minutes, "pause after so many minutes; --resume goes on",
           real_number("more than 0", [](double x) { return x > 0; }));
  add_whole(*command, "--stop-at", options->stop_at, "pause after this step; --resume goes on", 1);
  command->add_option("--report", options->page, "write a page of the run to this file when it ends")
      ->type_name("FILE.html")
      ->check(check_file_name);
  command->add_flag("--force", options->force, "replace a run that is in the folder, or the page");
  command->add_flag("-q,--quiet", options->quiet, "print only the end");
  add_training_options(*command, options->config);
  command->footer(
      "Ctrl-C saves and ends. N is the winding number of each Toeplitz operator, certified; its index is "
      "-N.\n"
      "Example: a next-token model of bytes, and where its indices go\n"
      "  tmm train --objective clm --text book.txt -o run\n"
      "Example: ten minutes at a time, and the same run with another seed\n"
      "  tmm train --random --minutes 10 -o run; tmm train --resume run\n"
      "  tmm train --config run/config.toml --seed 2 -o run2\n"
      "Example: associative recall of 2 pairs; its accuracy by distance at the end, and on other sequences\n"
      "  tmm train --task induction --pairs 2 --vocabulary 16 --context 32 -o recall\n"
      "  tmm evaluate recall/model.h5 --task induction\n"
      "Example: how much of its input a model keeps in its last vector, and an untrained one\n"
      "  tmm train --objective retention --encoder run --text book.txt -o kept\n"
      "  tmm train --config kept/config.toml --encoder-untrained -o untrained");
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace tmm::apps
