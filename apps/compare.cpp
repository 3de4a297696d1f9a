// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/analyze_files.hpp"
#include "apps/commands.hpp"
#include "apps/network_answers.hpp"
#include "apps/number_option.hpp"
#include "apps/output_format.hpp"
#include "apps/standard_streams.hpp"
#include "apps/taps_options.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/files/input_file.hpp"
#include "io/report/comparison_report.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/read_report.hpp"
#include "io/report/report_html.hpp"
#include "io/run/checkpoint_run.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/trajectory.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

const std::vector<std::string> default_measures{
    "winding_fraction", "index_margin_relative",   "index_radius", "jensen_defect", "sigma_max",
    "log10_sigma_min",  "effective_index_float32", "stable_rank"};

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

/// The files behind the arguments of one group. A folder is a run of `tmm train`, or a checkpoint and, if it
/// has checkpoints by step, the way there.
struct GroupFiles {
  std::vector<std::string> checkpoints, saved, trajectories, runs;

  explicit GroupFiles(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) {
      if (!std::filesystem::is_directory(argument)) {
        add(argument);
        continue;
      }
      const std::filesystem::path folder(argument);
      if (!exists(folder / "model.h5")) {
        checkpoints.push_back(argument);
        if (io::list_checkpoint_folder(argument).is_run()) runs.push_back(argument);
        continue;
      }
      checkpoints.push_back(folder / "model.h5");
      if (exists(folder / "trajectory.h5")) trajectories.push_back(folder / "trajectory.h5");
    }
    if (checkpoints.empty() && saved.empty())
      throw ArgumentError("a group needs a checkpoint",
                          {trajectories.front(), "", "", "trajectories only",
                           "Trajectories add the way there to the comparison."});
  }

 private:
  /// A saved analysis is JSON that begins with its schema, or HDF5 that has it as an attribute.
  void add(const std::string& file) {
    if (io::InputFile(file).read(0, 64).find("\"tmm.analysis\"") != std::string::npos)
      return saved.push_back(file);
    const io::CheckpointHeader header = io::read_header(file);
    const auto schema = header.attributes.find("schema");
    if (schema != header.attributes.end() && schema->second == "tmm.analysis") return saved.push_back(file);
    (io::is_trajectory(header) ? trajectories : checkpoints).push_back(file);
  }
};

void add_saved(const std::string& file, bool residual, io::ComparisonGroup& group) {
  io::AnalysisReport report = io::read_report(file);
  if (report.residual != residual)
    throw ArgumentError("the operators of this analysis are of another kind",
                        {file, "", residual ? "I + T (--residual)" : "T", report.residual ? "I + T" : "T",
                         "Compare operators of one kind."});
  std::ranges::move(report.models, std::back_inserter(group.models));
}

io::ComparisonGroup make_group(const std::string& name, const GroupFiles& files,
                               std::vector<io::ModelReport>::const_iterator models, const Options& options) {
  io::ComparisonGroup group{name, {}, {}, {}};
  group.models.assign(models, models + static_cast<std::ptrdiff_t>(files.checkpoints.size()));
  for (const std::string& file : files.saved) add_saved(file, options.residual, group);
  for (const std::string& file : files.trajectories) {
    std::vector<model::Contradiction> found;
    group.trajectories.push_back(analysis::trace(
        file, io::read_trajectory(file, assumptions(options.assume_toeplitz, options.answers), &found),
        options.threads));
    if (!found.empty()) group.warnings.push_back(file + ": " + model::assumption_remark(found));
  }
  for (const std::string& folder : files.runs) {
    const io::CheckpointRun run =
        io::read_checkpoint_run(folder, options.copy, assumptions(options.assume_toeplitz, options.answers));
    group.trajectories.push_back(io::run_trajectory(run, options.threads));
    for (const std::string& text : run.remarks) group.warnings.push_back(folder + ": " + text);
  }
  for (const io::ModelReport& model : group.models)
    for (const std::string& warning : model.warnings) group.warnings.push_back(model.file + ": " + warning);
  return group;
}

std::vector<analysis::ComparedModel> members(const io::ComparisonGroup& group) {
  std::vector<analysis::ComparedModel> models;
  for (const io::ModelReport& model : group.models) models.push_back({model.file, model.operators});
  return models;
}

/// What the statistics cannot see: one file on both sides.
void warn_of_common_files(io::ComparisonReport& report) {
  for (const io::ModelReport& a : report.a.models)
    for (const io::ModelReport& b : report.b.models)
      if (a.sha256 == b.sha256)
        report.comparison.warnings.push_back(model::printable(a.file) + " and " + model::printable(b.file) +
                                             " are the same file, in both groups.");
}

void require_known(const std::vector<std::string>& measures, const analysis::Comparison& comparison) {
  for (const std::string& id : measures) {
    if (std::ranges::find(comparison.not_compared, id, &analysis::BeyondDouble::id) !=
        comparison.not_compared.end())
      throw ArgumentError("some operators have this measure only beyond the range of double",
                          {"", "", "log10_" + id, id, ""});
    if (std::ranges::find(comparison.measures, id, &analysis::MeasureComparison::id) ==
        comparison.measures.end()) {
      std::string known;
      for (const auto& measure : comparison.measures) known += (known.empty() ? "" : ", ") + measure.id;
      throw ArgumentError("no such measure is a number in both groups", {"", "", known, id, ""});
    }
  }
}

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

void run(const Options& options) {
  const std::string format = output_format(options.format, options.output, "table", true);
  std::optional<io::OutputFile> output;
  if (!options.output.empty()) output.emplace(options.output, options.force, input_files(options));

  if (format == "html") io::require_page();
  const GroupFiles a(options.a), b(options.b);
  AnalyzeFiles request;
  request.files = a.checkpoints;
  request.files.insert(request.files.end(), b.checkpoints.begin(), b.checkpoints.end());
  request.layers = model::LayerSelection(options.layers);
  request.residual = options.residual;
  request.taps = options.taps.wanted();
  if (request.taps && !(a.trajectories.empty() && b.trajectories.empty()))
    throw ArgumentError("a trajectory holds the layers of a network, no explicit taps",
                        {a.trajectories.empty() ? b.trajectories.front() : a.trajectories.front(), "",
                         "checkpoints", "a trajectory", ""});
  request.assumptions = assumptions(options.assume_toeplitz, options.answers);
  request.threads = options.threads;
  request.copy = options.copy;
  request.progress = progress_wanted(options.progress, options.quiet);
  const std::vector<io::ModelReport> models = analyze_files(request);

  io::ComparisonReport report;
  report.program_version = TMM_VERSION;
  report.libraries = library_versions();
  const std::size_t comma = options.names.find(',');
  report.a = make_group(options.names.substr(0, comma), a, models.begin(), options);
  report.b = make_group(options.names.substr(comma + 1), b,
                        models.begin() + static_cast<std::ptrdiff_t>(a.checkpoints.size()), options);
  report.shown = options.measures.empty() ? default_measures : options.measures;
  report.comparison =
      analysis::compare(members(report.a), members(report.b), {},
                        {.resamples = options.resamples, .seed = options.seed, .adjusted = report.shown});
  require_known(options.measures, report.comparison);
  warn_of_common_files(report);
  for (const io::ComparisonGroup* group : {&report.a, &report.b})
    for (const std::string& warning : group->warnings)
      report.comparison.warnings.push_back(model::printable(warning));

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
  command->add_option("--against", options->b, "those of the second group")->required();
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
