// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/commands.hpp"
#include "apps/network_answers.hpp"
#include "apps/options/layers_options.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/library_versions.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/report_html.hpp"
#include "io/report/volume/chosen_operators.hpp"
#include "io/report/volume/report_page.hpp"
#include "io/result/read_report.hpp"
#include "io/run/checkpoint_run.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/run_page.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::string file, output, format, copy, layers, cards;
  int threads = 0;
  bool force = false, quiet = false, assume_toeplitz = false;
  NetworkAnswers answers;
};

/// Table, CSV or page of a training run.
std::string render_run(const io::MetricsTable& metrics, const std::string& format) {
  if (format == "html") return io::metrics_html(metrics, io::program_version());
  if (format == "csv") return io::metrics_csv(metrics);
  if (format == "table") return io::metrics_text(metrics);
  throw ArgumentError("a training run is shown as a table, CSV or page",
                      {"", "", "", format, "Add -o run.csv or -o page.html"});
}

/// The measures of a folder of checkpoints by step, with the losses that its trainer has logged.
io::MetricsTable checkpoints_by_step(const Options& options, const std::string& format) {
  io::CheckpointRun run = io::read_checkpoint_run(options.file, options.copy,
                                                  assumptions(options.assume_toeplitz, options.answers));
  ProgressBar bar(progress_wanted(std::nullopt, options.quiet));
  io::MetricsTable metrics = io::run_metrics(
      run, options.threads, [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  if (format == "html") io::add_curves(metrics, std::move(run.steps), options.threads);
  return metrics;
}

std::string render(const Options& options, const std::string& format) {
  namespace fs = std::filesystem;
  const bool folder = fs::is_directory(options.file);
  if (!options.layers.empty() && (folder || fs::path(options.file).extension() == ".csv"))
    throw ArgumentError("a training run is shown with all of its layers",
                        {options.file, "--layers", "a saved analysis", "a training run", ""});
  const fs::path metrics = folder ? fs::path(options.file) / "metrics.csv" : fs::path(options.file);
  if (folder && !fs::exists(metrics)) return render_run(checkpoints_by_step(options, format), format);
  if (folder && format == "html")
    return render_run(
        io::metrics_with_curves(options.file, assumptions(options.assume_toeplitz, options.answers),
                                options.threads),
        format);
  if (folder || metrics.extension() == ".csv")
    return render_run(io::read_metrics_table(metrics.string()), format);
  const io::PageWishes wishes{.cards = options.cards, .result = options.file, .options = {}};
  if (format == "html" && options.layers.empty()) {
    io::ReportPage page(wishes);
    return page.finish(io::read_report(
        options.file, [&](std::size_t model, analysis::OperatorReport&& op) { page.add(model, op); }));
  }
  io::AnalysisReport report = io::read_report(options.file);
  io::choose_operators(report, options.layers, options.file);
  if (format == "json") return io::report_json(report);
  if (format == "csv") return io::report_csv(report);
  if (format == "html") return io::analysis_page(report, wishes);
  return io::report_table(report,
                          {.width = options.output.empty() ? output_width() : io::TableStyle{}.width});
}

void run(const Options& options) {
  const std::string format = output_format(options.format, options.output, "html");
  if (format == "html") io::require_page();
  if (options.output.empty()) return write_output(render(options, format));
  std::vector inputs{options.file};
  if (std::filesystem::is_directory(options.file))
    std::ranges::move(io::RunFolder::files(options.file), std::back_inserter(inputs));
  const io::OutputFile output(options.output, options.force, inputs);
  output.write(render(options, format));
  if (!options.quiet) remark("wrote {}\n", model::printable(output.path()));
}

constexpr const char* footer =
    "Example: look at a saved analysis in a browser\n"
    "  tmm analyze model.h5 -o result.json\n"
    "  tmm report result.json -o page.html\n"
    "Example: the cards of block 3 of an analysis of thousands of operators\n"
    "  tmm report result.h5 --layers 3 -o cards.html\n"
    "Example: loss and winding numbers of a training run\n"
    "  tmm report RUN -o run.html\n"
    "Example: every measure at every checkpoint-STEP, for pandas\n"
    "  tmm report RUN -o run.csv";

}  // namespace

void add_report(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("report", "Render a saved analysis again: page, table, JSON or CSV");
  command
      ->add_option("RESULT", options->file,
                   "what analyze saved (-o result.json, --hdf5 result.h5); of a training run metrics.csv, or "
                   "the folder: "
                   "of tmm train, or of a trainer's checkpoints by step")
      ->required();
  command
      ->add_option("-o,--output", options->output, "write to this file; without it the table goes to stdout")
      ->type_name("FILE")
      ->check(check_file_name);
  command->add_option("--format", options->format, "html, table, json or csv (default: by the name after -o)")
      ->check(CLI::IsMember({"html", "table", "json", "csv"}));
  command->add_flag("--force", options->force, "replace the output file if it exists");
  add_layers(*command, options->layers, "of a saved analysis these only: ");
  add_cards(*command, options->cards);
  add_assume_toeplitz(*command, options->assume_toeplitz);
  add_answers(*command, options->answers);
  add_copy(*command, options->copy);
  add_whole(*command, "--threads", options->threads, "threads, for a folder of checkpoints (default: all)", 1,
            4096);
  command->add_flag("-q,--quiet", options->quiet, "no remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
