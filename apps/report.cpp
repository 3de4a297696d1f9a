// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "apps/commands.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/read_report.hpp"
#include "io/report/report_html.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct Options {
  std::string file, output, format;
  bool force = false, quiet = false;
};

/// --format, or what the name after -o ends in, or the page.
std::string chosen_format(const Options& options) {
  if (!options.format.empty()) return options.format;
  const std::string extension = std::filesystem::path(options.output).extension();
  if (extension == ".json" || extension == ".csv") return extension.substr(1);
  return options.output.empty() ? "table" : "html";
}

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
  const std::string format = chosen_format(options);
  if (format == "html") io::require_page();
  if (options.output.empty()) return fmt::print("{}", render(options, format));
  const io::OutputFile output(options.output, options.force, std::vector{options.file});
  output.write(render(options, format));
  if (!options.quiet) fmt::print(stderr, "wrote {}\n", model::printable(output.path()));
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
  command->add_option("-o,--output", options->output,
                      "write to this file; without it the table goes to stdout");
  command->add_option("--format", options->format, "html, table, json or csv (default: by the name after -o)")
      ->check(CLI::IsMember({"html", "table", "json", "csv"}));
  command->add_flag("--force", options->force, "replace the output file if it exists");
  command->add_flag("-q,--quiet", options->quiet, "no remarks on stderr");
  command->footer(footer);
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
