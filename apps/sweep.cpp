// SPDX-License-Identifier: MIT

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/commands.hpp"
#include "apps/interrupt.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/options/study_file.hpp"
#include "apps/processes.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "io/files/atomic_file.hpp"
#include "io/sweep/local_jobs.hpp"
#include "io/sweep/run_metrics.hpp"
#include "io/sweep/study_report.hpp"
#include "io/sweep/sweep_folder.hpp"
#include "io/sweep/sweep_run.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct SweepOptions {
  std::string study, output;
  std::size_t jobs = 0;
  std::vector<std::string> memory;  // --max-memory, for the runs as well
  bool dry_run = false, quiet = false;
};

/// "study.toml: 15 runs = 3 kind × 5 seed".
std::string heading(const io::Sweep& sweep) {
  std::string product;
  for (const io::SweepAxis& axis : sweep.axes)
    product += fmt::format("{}{} {}", product.empty() ? "" : " × ", axis.values.size(), axis.name);
  return fmt::format("{}: {} run{} = {}", model::printable(sweep.source), sweep.runs.size(),
                     sweep.runs.size() == 1 ? "" : "s", model::printable(product));
}

std::string state_text(const io::RunProgress& progress, const io::SweepRun& run) {
  switch (progress.state) {
    case io::RunProgress::State::fresh:
      return "to begin";
    case io::RunProgress::State::begun:
      return fmt::format("goes on after step {} of {}", progress.step, run.config.steps);
    case io::RunProgress::State::finished:
      break;
  }
  return "finished";
}

/// Width of the column of names.
std::size_t name_width(const io::Sweep& sweep) {
  std::size_t width = 0;
  for (const io::SweepRun& run : sweep.runs) width = std::max(width, run.name.size());
  return width;
}

void list_runs(const io::Sweep& sweep, const std::vector<io::RunProgress>& progress) {
  print("{}\n\n", heading(sweep));
  const std::size_t width = name_width(sweep);
  for (std::size_t i = 0; i < sweep.runs.size(); ++i)
    print("{:<{}}  {}\n", sweep.runs[i].name, width, state_text(progress[i], sweep.runs[i]));
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

/// What a process says of its failure, on one line.
std::string failure(const io::JobEnd& end) {
  std::string text = end.messages;
  while (text.ends_with('\n')) text.pop_back();
  if (text.starts_with("tmm: ")) text.erase(0, 5);
  return text.empty() ? fmt::format("exit code {}", end.exit_code) : text;
}

/// One line for each run that has ended, and a bar below them.
class Display {
 public:
  Display(const io::Sweep& sweep, const io::SweepFolder& folder, bool quiet)
      : sweep_(sweep), folder_(folder), quiet_(quiet), width_(name_width(sweep)) {}

  void finished(std::size_t run, const std::string& time) {
    const std::string name = sweep_.runs[run].name;
    if (!quiet_) line(name, time + "  " + io::summary(io::read_run_metrics(folder_.file(name))));
  }
  void failed(std::size_t run, const std::string& reason) {
    if (!quiet_) line(sweep_.runs[run].name, "failed");
    remark("tmm: {}: {}\n", sweep_.runs[run].name, reason);
  }
  void close() { bar_.reset(); }
  void show_bar() {
    if (!progress_wanted(std::nullopt, quiet_)) return;
    if (!bar_) bar_.emplace(true, "runs");
    bar_->update(ended_, sweep_.runs.size());
  }

 private:
  void line(const std::string& name, const std::string& text) {
    bar_.reset();
    const std::string total = std::to_string(sweep_.runs.size());
    print("[{:>{}}/{}] {:<{}}  {}\n", ++ended_, total.size(), total, name, width_, text);
    flush_output();
  }

  const io::Sweep& sweep_;
  const io::SweepFolder& folder_;
  bool quiet_;
  std::size_t width_, ended_ = 0;
  std::optional<ProgressBar> bar_;
};

using Failures = std::vector<std::pair<std::size_t, std::string>>;  // run, why

/// Trains what is not finished yet, each run by a process of its own. Those that failed.
Failures train_runs(const io::Sweep& sweep, const io::SweepFolder& folder, const SweepOptions& options,
                    const Interrupt& interrupt) {
  Display display(sweep, folder, options.quiet);
  std::vector<std::size_t> runs;
  std::vector<io::JobWords> words;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const io::RunProgress& progress = folder.progress()[i];
    if (progress.state == io::RunProgress::State::finished) {
      display.finished(i, "earlier");
      continue;
    }
    runs.push_back(i);
    words.push_back(io::train_words(sweep.runs[i], progress, folder.file(sweep.runs[i].name)));
    for (const std::string& size : options.memory) words.back().push_back("--max-memory=" + size);
  }
  const std::size_t processors = model::default_threads();
  io::LocalJobs how{
      "/proc/self/exe", {}, options.jobs == 0 ? processors : options.jobs, &interrupt.requested()};
  how.parallel = std::clamp<std::size_t>(runs.size(), 1, how.parallel);
  how.environment = {fmt::format("OMP_NUM_THREADS={}", std::max<std::size_t>(processors / how.parallel, 1))};
  Failures failures;
  display.show_bar();
  run_shared_jobs(words, how, [&](const io::JobEnd& end) {
    if (interrupt.requested() && end.exit_code != 0) return;
    const std::size_t run = runs[end.job];
    if (end.exit_code == 0) {
      display.finished(run, duration(end.seconds));
    } else {
      failures.emplace_back(run, failure(end));
      display.failed(run, failures.back().second);
    }
    display.show_bar();
  });
  return failures;
}

[[noreturn]] void end_interrupted(const io::Sweep& sweep, const SweepOptions& options, int signal) {
  flush_output();
  const auto progress = io::SweepFolder::progress(options.output, sweep);
  const auto finished =
      std::ranges::count(progress, io::RunProgress::State::finished, &io::RunProgress::state);
  remark("tmm: interrupted; {} of {} runs are finished, tmm sweep {} -o {} goes on\n", finished,
         sweep.runs.size(), model::printable(options.study), model::printable(options.output));
  throw CLI::RuntimeError(128 + signal);
}

/// Files and tables of all that is finished.
void finish(const io::Sweep& sweep, const io::SweepFolder& folder, const Failures& failures,
            const SweepOptions& options) {
  std::vector<std::pair<std::string, std::string>> missing;
  for (const auto& [run, reason] : failures) missing.emplace_back(sweep.runs[run].name, reason);
  ProgressBars bars(progress_wanted(std::nullopt, options.quiet));
  const io::StudyReport report = io::study_report(sweep, folder.path(), missing, std::ref(bars));
  bars.end();
  io::write_atomically(folder.file("study.txt"), io::study_table(report));
  io::write_atomically(folder.file("runs.csv"), io::study_csv(report));
  io::write_atomically(folder.file("study.json"), io::study_results_json(report));
  try {
    io::write_atomically(folder.file("study.html"), io::study_html(report));
  } catch (const ArgumentError& error) {  // no chart library
    remark("tmm: no page: {}\n", error.what());
  }
  if (!options.quiet) print("\n");
  print("{}", io::study_table(report, {.width = output_width()}));
  if (!options.quiet)
    print("\ndone: {}/study.html, study.txt, study.json, runs.csv\n", model::printable(folder.path()));
}

void run(const SweepOptions& options) {
  SharedWork share;
  if (!leads()) {
    try {
      return work_on_jobs();
    } catch (const std::exception& error) {
      return share.failed(error.what());
    }
  }
  const io::Sweep sweep = read_study(options.study, options.output.empty() ? "." : options.output);
  if (options.dry_run) {
    const auto progress = options.output.empty() ? std::vector<io::RunProgress>(sweep.runs.size())
                                                 : io::SweepFolder::progress(options.output, sweep);
    return list_runs(sweep, progress);
  }
  if (options.output.empty())
    throw ArgumentError("no folder for the runs", {"", "", "-o DIR, or --dry-run", "", ""});
  io::check_fresh_runs(sweep, io::SweepFolder::progress(options.output, sweep), options.output);
  std::optional<Interrupt> interrupt(std::in_place);
  const io::SweepFolder folder(options.output, sweep);
  if (!options.quiet) print("{}\n\n", heading(sweep));
  flush_output();
  const Failures failures = train_runs(sweep, folder, options, *interrupt);
  if (interrupt->requested()) end_interrupted(sweep, options, interrupt->signal());
  interrupt.reset();  // from here on a signal ends the program at once
  if (failures.size() < sweep.runs.size()) finish(sweep, folder, failures, options);
  if (!failures.empty())
    throw FormatError(fmt::format("{} of {} runs failed", failures.size(), sweep.runs.size()),
                      {folder.path(), "", "", "", "The same command tries them again"});
}

}  // namespace

void add_sweep(CLI::App& app) {
  const auto options = std::make_shared<SweepOptions>();
  CLI::App* command = app.add_subcommand("sweep", "Train a study, the product of its options, and compare");
  command->add_option("STUDY", options->study, "TOML file of training options; a list is an axis")
      ->required();
  command->add_option("-o,--output", options->output, "folder of the study, with a folder for every run")
      ->type_name("FOLDER");
  add_whole(*command, "--jobs", options->jobs, "runs at a time (default: one a processor)", 1, 1024);
  command->add_flag("--dry-run", options->dry_run, "list the runs and how far they are, train none");
  command->add_flag("-q,--quiet", options->quiet, "print only the tables at the end");
  command->footer(
      "The file's keys are options of tmm train (--help there), the same in all runs. A list of values is an "
      "axis; a table [AXIS] is an axis of several options at a time, NAME = { OPTION = VALUE, ... } a value. "
      "Every combination is a run, named by its values, in a folder of tmm train.\n"
      "The same command goes on after Ctrl-C or a crash; finished runs stay. A study may grow (more values "
      "of "
      "its axes), not change.\n"
      "Groups are the values of each axis but seed; every model counts once in the statistics over models.\n"
      "Example: two objectives, free and invertible layers, five seeds each: twenty runs, study.html\n"
      "  objective = [\"clm\", \"copy\"]            # in study.toml\n"
      "  toeplitz = [\"free\", \"minimum-phase\"]\n"
      "  seed = [1, 2, 3, 4, 5]\n"
      "  text = [\"book.txt\"]\n"
      "  $ tmm sweep study.toml -o study");
  command->callback([options, command] {
    options->memory = command->get_parent()->get_option("--max-memory")->results();
    run(*options);
  });
}

}  // namespace tmm::apps
