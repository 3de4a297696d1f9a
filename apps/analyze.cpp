// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/layer_index.hpp"
#include "analysis/null_model.hpp"
#include "analysis/summary.hpp"
#include "apps/commands.hpp"
#include "apps/progress_bar.hpp"
#include "apps/version.hpp"
#include "io/analysis_report.hpp"
#include "io/checkpoint.hpp"
#include "io/checkpoint_report.hpp"
#include "io/output_file.hpp"
#include "io/sha256.hpp"
#include "model/architecture.hpp"
#include "model/error.hpp"
#include "model/layer_label.hpp"
#include "model/layer_selection.hpp"
#include "model/text.hpp"
#include "model/toeplitz_layers.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string format;
  std::string output;
  bool force = false;
  std::string layers;
  int threads = 0;
  std::string spectrum;
  std::vector<std::size_t> sections;
  std::vector<double> thresholds;
  std::size_t null_draws = 0;
  std::uint64_t seed = 1;
  bool residual = false;
  bool zeros = false;
  bool strict = false;
  std::optional<bool> progress;
  bool quiet = false;
};

/// --format, or what the name after -o ends in, or a table.
std::string chosen_format(const Options& options) {
  if (!options.format.empty()) return options.format;
  const std::string extension = std::filesystem::path(options.output).extension();
  if (extension == ".json" || extension == ".csv") return extension.substr(1);
  return "table";
}

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
  return analysis;
}

/// Identity and chosen operators of one file, not analysed yet.
struct LoadedModel {
  io::ModelReport report;
  std::vector<model::LayerOperator> layers;
  model::StateDict weights;   ///< Toeplitz layers and the projections around them
  std::size_t embedding = 0;  ///< d; 0 if the file does not tell
};

LoadedModel load(const std::string& file, const model::LayerSelection& selection, bool residual) {
  LoadedModel loaded;
  const io::CheckpointHeader header = io::read_header(file);
  loaded.report.file = file;
  loaded.report.bytes = header.file_size;
  const model::Architecture architecture = model::recognize(header.tensors, file);
  loaded.report.architecture = io::architecture_line(architecture);
  loaded.embedding = architecture.embedding;
  loaded.weights = io::read_checkpoint(file, io::Selection::token_mixing);
  loaded.layers = selection.select(model::toeplitz_layers(loaded.weights), file);
  if (residual)
    for (model::LayerOperator& layer : loaded.layers) layer.taps[0] += 1;
  loaded.report.sha256 = io::sha256_file(file);
  return loaded;
}

/// All operators of all files in one pool, so that threads are busy to the end.
std::vector<io::ModelReport> analyze_models(std::vector<LoadedModel> models,
                                            const analysis::AnalyzeOptions& analysis,
                                            const Options& options) {
  std::vector<model::LayerOperator> layers;
  for (const LoadedModel& model : models)
    layers.insert(layers.end(), model.layers.begin(), model.layers.end());
  std::vector<analysis::OperatorReport> results;
  {
    ProgressBar bar(options.progress.value_or(::isatty(STDERR_FILENO) == 1) && !options.quiet);
    results = analysis::analyze_all(layers, analysis, options.threads,
                                    [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  std::vector<io::ModelReport> reports;
  auto next = std::make_move_iterator(results.begin());
  for (LoadedModel& model : models) {
    const auto end = next + static_cast<std::ptrdiff_t>(model.layers.size());
    model.report.operators.assign(next, end);
    if (!options.residual && options.layers.empty())  // a selection may have cut a layer in two
      model.report.layers = analysis::layer_indices(model.report.operators, model.weights, model.embedding);
    reports.push_back(std::move(model.report));
    next = end;
  }
  return reports;
}

/// A table carries its warnings; beside data they go to standard error.
void print_warnings(const io::AnalysisReport& report) {
  for (const io::ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators)
      for (const std::string& warning : op.warnings)
        fmt::print(stderr, "tmm: warning: {}: layer {}: {}\n", model::printable(model.file),
                   model::printable(model::layer_label(op.layer)), warning);
}

std::string render(const io::AnalysisReport& report, const std::string& format, bool color) {
  if (format == "json") return io::report_json(report);
  if (format == "csv") return io::report_csv(report);
  return io::report_table(report, {.color = color});
}

bool any_undecided(const io::AnalysisReport& report) {
  return std::ranges::any_of(report.models, [](const io::ModelReport& model) {
    return std::ranges::any_of(model.operators, analysis::has_undecided);
  });
}

/// One null sample for every length that occurs, shared by all operators of that length.
void add_null_model(std::vector<io::ModelReport>& models, const analysis::AnalyzeOptions& analysis,
                    const Options& options) {
  if (options.null_draws == 0) return;
  std::map<std::size_t, analysis::NullSample> samples;
  for (io::ModelReport& model : models)
    for (analysis::OperatorReport& op : model.operators) {
      const std::size_t n = op.layer.taps.size();
      auto sample = samples.find(n);
      if (sample == samples.end())
        sample = samples
                     .emplace(n, analysis::draw_null_sample(n, options.null_draws, options.seed, analysis,
                                                            options.threads))
                     .first;
      op.null = analysis::compare_with_null(op, sample->second);
    }
}

void run(const Options& options) {
  const std::string format = chosen_format(options);
  std::optional<io::OutputFile> output;
  if (!options.output.empty()) output.emplace(options.output, options.force, options.files);

  const model::LayerSelection selection(options.layers);
  std::vector<LoadedModel> models;
  for (const std::string& file : options.files) models.push_back(load(file, selection, options.residual));

  io::AnalysisReport report;
  report.program_version = TMM_VERSION;
  report.libraries = library_versions();
  report.options = analysis_options(options);
  report.selection = options.layers;
  report.residual = options.residual;
  report.null_draws = options.null_draws;
  report.seed = options.seed;
  report.models = analyze_models(std::move(models), report.options, options);
  add_null_model(report.models, report.options, options);
  const std::string text = render(report, format, !output && color_wanted());
  if (output)
    output->write(text);
  else
    fmt::print("{}", text);
  if (!options.quiet && (output || format != "table")) print_warnings(report);
  if (!options.quiet && output) fmt::print(stderr, "wrote {}\n", model::printable(output->path()));
  if (options.strict && any_undecided(report)) {
    fmt::print(stderr, "tmm: some result is undecided (--strict)\n");
    throw CLI::RuntimeError(3);
  }
}

std::string check_layers(const std::string& text) {
  try {
    model::LayerSelection{text};
    return text.empty() ? "empty list" : "";
  } catch (const ArgumentError& e) {
    return e.what();
  }
}

constexpr const char* footer =
    "Exit codes: 0 done, 1 bad input or failed run, 2 usage, 3 undecided (with --strict).\n"
    "Example: the table of a checkpoint\n"
    "  tmm analyze model.h5\n"
    "Example: blocks 2 to 5 of two checkpoints, everything that is known, into a file\n"
    "  tmm analyze a.h5 b.h5 --layers 2-5 -o result.json\n"
    "Example: how far from untrained, and how the index changes with the length of the input\n"
    "  tmm analyze model.h5 --null-draws 100 --sections 64,128\n"
    "Example: the winding numbers, for a script\n"
    "  tmm analyze model.h5 --format csv | grep ,winding_number, | cut -d, -f4,14";

}  // namespace

void add_analyze(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("analyze", "Index, spectrum and measures of every Toeplitz layer");
  command->add_option("FILE", options->files, "checkpoints (HDF5)")->required();
  command
      ->add_option("--format", options->format,
                   "table, json or csv (default: by the name after -o, else table)")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  command->add_option("-o,--output", options->output,
                      "write to this file, whole or not at all, instead of stdout");
  command->add_flag("--force", options->force, "replace the output file if it exists");
  command
      ->add_option("--layers", options->layers,
                   "comma list of block numbers (3), ranges (2-5) and globs over names")
      ->check(check_layers);
  command
      ->add_option("--spectrum", options->spectrum,
                   fmt::format("full, extreme (largest few and sigma_min) or none (default: full up to n = "
                               "{}, extreme beyond)",
                               analysis::AnalyzeOptions::largest_automatic_spectrum))
      ->check(CLI::IsMember({"full", "extreme", "none"}));
  command
      ->add_option("--sections", options->sections,
                   "comma list of lengths m: index and spectrum of the leading sections T_m too")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--tau", options->thresholds,
                   "comma list of further thresholds for the effective index, 0 < tau < 1")
      ->delimiter(',')
      ->check(CLI::Range(1e-300, 1.0));
  command
      ->add_option("--null-draws", options->null_draws,
                   "compare with this many freshly initialised layers (at least 2)")
      ->check(CLI::Range(2, 1000000));
  command->add_option("--seed", options->seed, "seed of the null model (default: 1)");
  command->add_flag("--residual", options->residual,
                    "analyse I + T, what a block passes on when its normalisation is taken as fixed");
  command->add_flag("--zeros", options->zeros, "list the zeros of every symbol (table and JSON)");
  command
      ->add_option("--threads", options->threads, "threads (default: all; the numbers do not depend on it)")
      ->check(CLI::Range(1, 4096));
  command->add_flag("--strict", options->strict, "end with 3 if some result is undecided");
  command->add_flag("--progress,!--no-progress", options->progress, "bar on stderr (default: on a terminal)");
  command->add_flag("-q,--quiet", options->quiet, "no progress, warnings or remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
