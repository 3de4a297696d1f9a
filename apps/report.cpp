// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "apps/commands.hpp"
#include "apps/output_format.hpp"
#include "apps/standard_streams.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/read_report.hpp"
#include "io/report/report_html.hpp"
#include "io/run/run_folder.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::string file, output, format;
  bool force = false, quiet = false;
};

std::string render(const Options& options, const std::string& format) {
  namespace fs = std::filesystem;
  const bool folder = fs::is_directory(options.file);
  if (folder || fs::path(options.file).extension() == ".csv") {
    if (format != "html")
      throw ArgumentError("a training run is shown as a page only", {"", "", "", "", "Add -o page.html"});
    const std::string metrics = folder ? (fs::path(options.file) / "metrics.csv").string() : options.file;
    return io::metrics_html(io::read_metrics_table(metrics));
  }
  const io::AnalysisReport report = io::read_report(options.file);
  if (format == "json") return io::report_json(report);
  if (format == "csv") return io::report_csv(report);
  return format == "html" ? io::report_html(report) : io::report_table(report);
}

void run(const Options& options) {
  const std::string format = output_format(options.format, options.output, "html");
  if (format == "html") io::require_page();
  if (options.output.empty()) return write_output(render(options, format));
  const auto inputs = std::filesystem::is_directory(options.file) ? io::RunFolder::files(options.file)
                                                                  : std::vector{options.file};
  const io::OutputFile output(options.output, options.force, inputs);
  output.write(render(options, format));
  if (!options.quiet) remark("wrote {}\n", model::printable(output.path()));
}

constexpr const char* footer =
    "Example: look at a saved analysis in a browser\n"
    "  tmm analyze model.h5 -o result.json\n"
    "  tmm report result.json -o page.html\n"
    "Example: loss and winding numbers of a training run\n"
    "  tmm report RUN -o run.html";

}  // namespace

void add_report(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("report", "Render a saved analysis again: page, table, JSON or CSV");
  command
      ->add_option(
          "RESULT", options->file,
          "what analyze saved (-o result.json, --hdf5 result.h5), or metrics.csv or folder of a training run")
      ->required();
  command
      ->add_option("-o,--output", options->output, "write to this file; without it the table goes to stdout")
      ->check(check_file_name);
  command->add_option("--format", options->format, "html, table, json or csv (default: by the name after -o)")
      ->check(CLI::IsMember({"html", "table", "json", "csv"}));
  command->add_flag("--force", options->force, "replace the output file if it exists");
  command->add_flag("-q,--quiet", options->quiet, "no remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
