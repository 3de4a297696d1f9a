// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/commands.hpp"
#include "apps/interrupt.hpp"
#include "apps/progress_bar.hpp"
#include "apps/train_options.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/files/input_file.hpp"
#include "io/report/checkpoint_report.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/report_html.hpp"
#include "io/run/training_run.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

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
  Display(bool quiet, bool validation) : quiet_(quiet), validation_(validation) {}

  void row(const io::MetricsRow& row) override {
    if (quiet_) return;
    bar_.reset();
    if (!headed_) fmt::print("{}\n", io::metrics_heading(validation_));
    headed_ = true;
    fmt::print("{}\n", io::metrics_line(row, validation_));
    std::fflush(stdout);
  }
  void step(std::uint64_t done, std::uint64_t total) override {
    if (quiet_ || ::isatty(STDERR_FILENO) != 1) return;
    if (!bar_) bar_.emplace(true, "steps");
    bar_->update(done, total);
  }
  void close() { bar_.reset(); }

 private:
  bool quiet_, validation_, headed_ = false;
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
  fmt::print("{}\n", io::architecture_line(architecture));
  fmt::print("{} parameters, {} Toeplitz operators ({}, {}), objective {}\n", architecture.parameters,
             architecture.operators, run.config().toeplitz, run.config().init, run.config().objective);
  if (run.steps() != 0) fmt::print("resumed after step {} of {}\n", run.steps(), run.config().steps);
  fmt::print("\n");
}

void report_end(io::TrainingEnd end, const io::TrainingRun& run, int signal) {
  const std::string folder = model::printable(run.folder().path());
  switch (end) {
    case io::TrainingEnd::finished:
      fmt::print("\ndone: {}/model.h5\n", folder);
      return;
    case io::TrainingEnd::paused:
      fmt::print("\npaused after step {} of {}; tmm train --resume {} goes on\n", run.steps(),
                 run.config().steps, folder);
      return;
    case io::TrainingEnd::interrupted:
      std::fflush(stdout);
      fmt::print(stderr, "tmm: interrupted; step {} of {} is saved, tmm train --resume {} goes on\n",
                 run.steps(), run.config().steps, folder);
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
    page.emplace(options.page, options.force, std::vector<std::string>{});
  }
  const Interrupt interrupt;
  auto training = options.resume.empty() ? begin(options, command) : resume(options, command);
  if (!options.quiet) print_beginning(training);
  Display display(options.quiet,
                  training.config().eval_every != 0 && training.data().validation().count() != 0);
  auto end = io::TrainingEnd::finished;
  try {
    end = training.run({options.minutes, options.stop_at, &interrupt.requested()}, display);
  } catch (const Error&) {  // a full disk, or a checkpoint that is not worth keeping
    display.close();
    if (training.folder().has_run())
      std::fputs(fmt::format("tmm: the state of step {} is kept, tmm train --resume {} goes on\n",
                             training.saved_step(), model::printable(training.folder().path()))
                     .c_str(),
                 stderr);  // fmt::print would throw where this goes to the same full disk
    throw;
  }
  display.close();
  if (page) page->write(io::metrics_html(io::read_metrics_table(training.folder().metrics())));
  report_end(end, training, interrupt.signal());
}

}  // namespace

void add_train(CLI::App& app) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Train a small network on the CPU, following its indices");
  auto* output = command->add_option("-o,--output", options->output,
                                     "folder of the run: model.h5, state.h5, metrics.csv, trajectory.h5, "
                                     "config.toml");
  auto* config =
      command->add_option("--config", options->config_file,
                          "TOML file of options, such as a run's config.toml; others go before it");
  command->add_option("--resume", options->resume, "go on with the run in this folder, bit for bit")
      ->excludes(output)
      ->excludes(config);
  command->add_option("--minutes", options->minutes, "pause after so many minutes; --resume goes on")
      ->check(CLI::PositiveNumber);
  command->add_option("--stop-at", options->stop_at, "pause after this step; --resume goes on")
      ->check(CLI::PositiveNumber);
  command->add_option("--report", options->page, "write a page of the run to this file when it ends")
      ->type_name("FILE.html");
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
      "  tmm train --config run/config.toml --seed 2 -o run2");
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace tmm::apps
