// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/commands.hpp"
#include "apps/network_answers.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/options/taps_options.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/comparison_report.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/report_html.hpp"
#include "io/run/run_folder.hpp"
#include "io/study/compare_files.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::vector<std::string> a, b;
  std::string names = "A,B";
  std::vector<std::string> measures;
  std::string format, output, layers, copy;
  TapsOptions taps;
  bool residual = false, force = false, quiet = false, assume_toeplitz = false;
  NetworkAnswers answers;
  std::size_t resamples = 2000;
  std::uint64_t seed = 1;
  int threads = 0;
  std::optional<bool> progress;
};

std::string render(const io::ComparisonReport& report, const std::string& format,
                   const io::TableStyle& style) {
  if (format == "json") return io::comparison_json(report);
  if (format == "csv") return io::comparison_csv(report);
  if (format == "html") return io::comparison_html(report);
  if (format == "latex") return io::paper_table(report, io::PaperFormat::latex);
  if (format == "markdown") return io::paper_table(report, io::PaperFormat::markdown);
  return io::comparison_table(report, style);
}

/// All that is read, the files of a run's folder one by one.
std::vector<std::string> input_files(const Options& options) {
  std::vector<std::string> inputs;
  for (const auto* group : {&options.a, &options.b})
    for (const std::string& argument : *group) {
      inputs.push_back(argument);
      if (std::filesystem::is_directory(argument))
        std::ranges::move(io::RunFolder::files(argument), std::back_inserter(inputs));
    }
  return inputs;
}

io::ComparisonRequest comparison_request(const Options& options) {
  io::ComparisonRequest request;
  request.a = options.a;
  request.b = options.b;
  const std::size_t comma = options.names.find(',');
  request.name_a = options.names.substr(0, comma);
  request.name_b = options.names.substr(comma + 1);
  request.measures = options.measures;
  request.resamples = options.resamples;
  request.seed = options.seed;
  request.analysis.layers = options.layers;
  request.analysis.residual = options.residual;
  request.analysis.taps = options.taps.wanted();
  request.analysis.assumptions = assumptions(options.assume_toeplitz, options.answers);
  request.analysis.threads = options.threads;
  request.analysis.copy = options.copy;
  return request;
}

void run(const Options& options) {
  const std::string format = output_format(options.format, options.output, "table", true);
  std::optional<io::OutputFile> output;
  if (!options.output.empty()) output.emplace(options.output, options.force, input_files(options));

  if (format == "html") io::require_page();
  io::ComparisonRequest request = comparison_request(options);
  ProgressBars bars(progress_wanted(options.progress, options.quiet));
  request.analysis.progress = std::ref(bars);
  io::ComparisonReport report = io::compare_files(request);
  report.libraries = library_versions();
  bars.end();

  const std::string text =
      render(report, format, output ? io::TableStyle{} : io::TableStyle{.width = output_width()});
  if (!output) return write_output(text);
  output->write(text);
  if (!options.quiet) remark("wrote {}\n", model::printable(output->path()));
}

constexpr const char* footer =
    "A folder made by `tmm train -o`, or by a trainer that wrote checkpoint-STEP into it, stands for its "
    "model "
    "and its trajectory. --layers is for checkpoints.\n"
    "Example: three next-token models against three copying models\n"
    "  tmm compare clm-1 clm-2 clm-3 --against copy-1 copy-2 copy-3 --names clm,copy\n"
    "Example: two checkpoints, everything that is known, for Python\n"
    "  tmm compare a.h5 --against b.h5 -o comparison.json";

}  // namespace

void add_compare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("compare", "Two groups of models: distributions, effects, tests");
  command
      ->add_option("A", options->a,
                   "checkpoints, saved analyses (JSON, HDF5), trajectories or runs of the first group")
      ->required();
  command->add_option("--against", options->b, "those of the second group")->required()->type_name("FILE");
  command->add_option("--names", options->names, "what to call the groups (default: A,B)")
      ->check([](const std::string& names) {
        return std::ranges::count(names, ',') == 1 ? "" : "two names with a comma between them";
      });
  command->add_option("--measures", options->measures, "comma list of measures for the table")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--format", options->format,
                   "table, json, csv, html, latex or markdown (default: by the name after -o)")
      ->check(CLI::IsMember({"table", "json", "csv", "html", "latex", "markdown"}));
  command
      ->add_option("-o,--output", options->output,
                   "write to this file, whole or not at all, instead of stdout")
      ->type_name("FILE")
      ->check(check_file_name);
  command->add_flag("--force", options->force, "replace the output file if it exists");
  command->add_option("--layers", options->layers,
                      "comma list of block numbers (3), ranges (2-5) and globs over names");
  command->add_flag("--residual", options->residual, "compare I + T instead of T");
  add_assume_toeplitz(*command, options->assume_toeplitz);
  add_copy(*command, options->copy);
  add_answers(*command, options->answers);
  add_taps(*command, options->taps);
  add_whole(*command, "--resamples", options->resamples, "of the bootstrap (default: 2000)", 100, 1000000);
  add_whole(*command, "--seed", options->seed, "of the bootstrap (default: 1)");
  add_whole(*command, "--threads", options->threads, "threads (default: all)", 1, 4096);
  add_progress_flag(command, options->progress);
  command->add_flag("-q,--quiet", options->quiet, "no progress or remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
