// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/statistics/summary.hpp"
#include "apps/commands.hpp"
#include "apps/layers_options.hpp"
#include "apps/network_answers.hpp"
#include "apps/number_option.hpp"
#include "apps/output_format.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/taps_options.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/report_hdf5.hpp"
#include "io/report/report_html.hpp"
#include "io/report/volume/card_command.hpp"
#include "io/report/volume/report_page.hpp"
#include "io/study/analyze_files.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::vector<std::string> measures;
  std::vector<std::string> files;
  std::string format;
  std::string output, hdf5;
  bool force = false;
  std::string layers, copy, cards;
  int threads = 0;
  std::string spectrum;
  std::vector<std::size_t> sections;
  std::vector<double> thresholds, absolute_thresholds;
  bool published_winding = false;
  TapsOptions taps;
  std::size_t null_draws = 0;
  std::uint64_t seed = 1;
  bool residual = false;
  bool zeros = false;
  bool strict = false;
  bool assume_toeplitz = false;
  NetworkAnswers answers;
  std::optional<bool> progress;
  bool quiet = false;
};

bool color_wanted() {
  const auto set = [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  };
  return ::isatty(STDOUT_FILENO) == 1 && !set("NO_COLOR") && set("TERM") &&
         std::string_view(std::getenv("TERM")) != "dumb";
}

analysis::AnalyzeOptions analysis_options(const Options& options) {
  analysis::AnalyzeOptions analysis;
  if (options.spectrum == "full") analysis.spectrum = analysis::SpectrumChoice::full;
  if (options.spectrum == "extreme") analysis.spectrum = analysis::SpectrumChoice::extreme;
  if (options.spectrum == "none") analysis.spectrum = analysis::SpectrumChoice::none;
  analysis.zeros = options.zeros;
  analysis.sections = options.sections;
  analysis.thresholds = options.thresholds;
  analysis.absolute_thresholds = options.absolute_thresholds;
  analysis.published_winding = options.published_winding;
  return analysis;
}

io::AnalysisRequest analysis_request(const Options& options) {
  io::AnalysisRequest request;
  request.layers = options.layers;
  request.residual = options.residual;
  request.taps = options.taps.wanted();
  request.assumptions = assumptions(options.assume_toeplitz, options.answers);
  request.options = analysis_options(options);
  request.threads = options.threads;
  request.copy = options.copy;
  request.null_draws = options.null_draws;
  request.seed = options.seed;
  return request;
}

/// A table carries its warnings; beside data they go to standard error.
void print_warnings(const io::AnalysisReport& report) {
  for (const io::ModelReport& model : report.models) {
    for (const std::string& warning : model.warnings)
      remark("tmm: warning: {}: {}\n", model::printable(model.file), model::printable(warning));
    for (const analysis::OperatorReport& op : model.operators)
      for (const std::string& warning : op.warnings)
        remark("tmm: warning: {}: layer {}: {}\n", model::printable(model.file),
               model::printable(model::layer_label(op.layer)), warning);
  }
}

std::string render(const io::AnalysisReport& report, const std::string& format,
                   const std::vector<std::string>& measures, const io::TableStyle& style) {
  if (format == "json") return io::report_json(report);
  if (format == "csv") return io::report_csv(report);
  if (format == "wide-csv") return io::wide_csv(report, measures);
  if (format == "latex") return io::paper_table(report, measures, io::PaperFormat::latex);
  if (format == "markdown") return io::paper_table(report, measures, io::PaperFormat::markdown);
  return io::report_table(report, style);
}

/// What a page of very many operators says besides the report.
io::PageWishes page_wishes(const Options& options) {
  io::PageWishes wishes{options.cards, options.hdf5, {}};
  if (!options.copy.empty()) wishes.options = "--copy " + io::shell_word(options.copy);
  const std::string answers = answer_options(options.answers);
  if (!answers.empty()) wishes.options += (wishes.options.empty() ? "" : " ") + answers;
  return wishes;
}

bool any_undecided(const io::AnalysisReport& report) {
  return std::ranges::any_of(report.models, [](const io::ModelReport& model) {
    return std::ranges::any_of(model.operators, analysis::has_undecided);
  });
}

void run(const Options& options) {
  const std::string format = output_format(options.format, options.output, "table", true);
  std::optional<io::OutputFile> output;
  if (!options.output.empty()) output.emplace(options.output, options.force, options.files);
  std::optional<io::OutputFile> hdf5;
  if (!options.hdf5.empty()) hdf5.emplace(options.hdf5, options.force, options.files);
  if (output && hdf5) hdf5->require_apart(output->path(), "both results would go to one file");
  if (format == "html") io::require_page();

  io::AnalysisRequest request = analysis_request(options);
  // A table and a CSV have no arrays: thousands of operators need not keep theirs.
  request.options.keep_arrays = hdf5.has_value() || format == "json" || format == "html";
  ProgressBars bars(progress_wanted(options.progress, options.quiet));
  request.progress = std::ref(bars);
  io::AnalysisReport report = io::analyze_files(options.files, request);
  report.libraries = library_versions();
  bars.end();
  const std::string text =
      format == "html" ? io::analysis_page(report, page_wishes(options))
                       : render(report, format, options.measures,
                                output ? io::TableStyle{}
                                       : io::TableStyle{.width = output_width(), .color = color_wanted()});
  if (hdf5) io::write_report_hdf5(report, hdf5->path(), options.force);
  if (output)
    output->write(text);
  else
    write_output(text);
  if (!options.quiet && (output || format != "table")) print_warnings(report);
  for (const auto* written : {&output, &hdf5})
    if (!options.quiet && *written) remark("wrote {}\n", model::printable((*written)->path()));
  if (options.strict && any_undecided(report)) {
    remark("tmm: some result is undecided (--strict)\n");
    throw CLI::RuntimeError(3);
  }
}

constexpr const char* footer =
    "Exit codes: 0 done, 1 bad input or failed run, 2 usage, 3 undecided (with --strict).\n"
    "Example: the table of a checkpoint\n"
    "  tmm analyze model.h5\n"
    "Example: blocks 2 to 5 of two checkpoints, everything that is known, into a file\n"
    "  tmm analyze a.h5 b.h5 --layers 2-5 -o result.json\n"
    "Example: a page to look at in a browser, and every array for numpy\n"
    "  tmm analyze model.h5 -o report.html --hdf5 result.h5\n"
    "Example: how far from untrained, and how the index changes with the length of the input\n"
    "  tmm analyze model.h5 --null-draws 100 --sections 64,128\n"
    "Example: the filters of another network, softplus of what is stored, with its skip at tap 0\n"
    "  tmm analyze hyena.safetensors --taps '*.kernel' --transform softplus --add-to-first '*.D'\n"
    "Example: the winding numbers, for a script\n"
    "  tmm analyze model.h5 --format csv | grep ,winding_number, | cut -d, -f4,14";

}  // namespace

void add_analyze(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("analyze", "Index, spectrum and measures of every Toeplitz layer");
  command
      ->add_option("FILE", options->files,
                   "checkpoints: HDF5, safetensors, the index of shards, or a folder with one")
      ->required();
  command
      ->add_option(
          "--format", options->format,
          "table, json, csv, wide-csv (a row for every operator), html, latex or markdown (default: by "
          "what the name after -o ends in, else table)")
      ->check(CLI::IsMember({"table", "json", "csv", "wide-csv", "html", "latex", "markdown"}));
  command
      ->add_option("--measures", options->measures,
                   "comma list of the measures that latex, markdown and wide-csv show")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("-o,--output", options->output,
                   "write to this file, whole or not at all, instead of stdout")
      ->type_name("FILE")
      ->check(check_file_name);
  command->add_option("--hdf5", options->hdf5, "also write everything, arrays included, to this HDF5 file")
      ->type_name("FILE")
      ->check(check_file_name);
  command->add_flag("--force", options->force, "replace the output file if it exists");
  add_layers(*command, options->layers);
  add_cards(*command, options->cards);
  command
      ->add_option("--spectrum", options->spectrum,
                   fmt::format("full, extreme (largest few and sigma_min) or none (default: full up to n = "
                               "{}, extreme beyond)",
                               analysis::AnalyzeOptions::largest_automatic_spectrum))
      ->check(CLI::IsMember({"full", "extreme", "none"}));
  add_whole_list(*command, "--sections", options->sections,
                 "comma list of lengths m: index and spectrum of the leading sections T_m too", 1);
  add_real_list(*command, "--tau", options->thresholds,
                "comma list of further thresholds for the effective index",
                real_number("0 < tau < 1", [](double tau) { return tau > 0 && tau < 1; }));
  add_real_list(
      *command, "--tau-absolute", options->absolute_thresholds,
      "comma list of thresholds in the units of the weights: counts of sigma <= tau, not relative to "
      "sigma_max",
      real_number("tau > 0", [](double tau) { return tau > 0; }));
  command->add_flag("--published-winding", options->published_winding,
                    "also what a published script of 50,000 open samples says of the index (no proof)");
  add_taps(*command, options->taps);
  add_whole(*command, "--null-draws", options->null_draws,
            "compare with this many freshly initialised layers", 2, 1000000);
  add_whole(*command, "--seed", options->seed, "seed of the null model (default: 1)");
  command->add_flag("--residual", options->residual,
                    "analyse I + T, what a block passes on when its normalisation is taken as fixed");
  add_assume_toeplitz(*command, options->assume_toeplitz);
  add_copy(*command, options->copy);
  add_answers(*command, options->answers);
  command->add_flag("--zeros", options->zeros,
                    "list the zeros of every symbol, and compute them however many they are");
  add_whole(*command, "--threads", options->threads,
            "threads (default: all; the numbers do not depend on it)", 1, 4096);
  command->add_flag("--strict", options->strict, "end with 3 if some result is undecided");
  add_progress_flag(command, options->progress);
  command->add_flag("-q,--quiet", options->quiet, "no progress, warnings or remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
