// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/commands.hpp"
#include "apps/network_file.hpp"
#include "apps/options/layers_options.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/evaluation/repair_page.hpp"
#include "io/report/library_versions.hpp"
#include "io/report/repair_report.hpp"
#include "io/report/report_html.hpp"
#include "io/study/repair_files.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::apps {
namespace {

struct RepairFlags : NetworkFile {
  std::string output, report, layers, to = "minimum-phase", tokens, objective;
  std::vector<std::string> text;
  std::string format = "table", precision = "float32";
  std::uint64_t seed = 1;
  std::size_t limit = 0, threads = 0;
  bool force = false, quiet = false;
};

/// The format of --report by the end of its name: "html", "json", "table"; empty for any other.
std::string report_format(const std::string& name) {
  const std::string ending = CLI::detail::to_lower(std::filesystem::path(name).extension().string());
  return ending == ".html" ? "html" : ending == ".json" ? "json" : ending == ".txt" ? "table" : "";
}

std::string report_text(const io::RepairReport& report, const std::string& format) {
  return format == "html"   ? io::repair_html(report, io::program_version())
         : format == "json" ? io::repair_json(report)
                            : io::repair_table(report);
}

std::vector<std::string> inputs_of(const RepairFlags& flags) {
  std::vector<std::string> inputs = flags.text;
  inputs.push_back(flags.file);
  if (!flags.tokens.empty()) inputs.push_back(flags.tokens);
  return inputs;
}

/// The loss of the network before and after, on the tokens that the flags name.
void evaluate(const RepairFlags& flags, const io::TensorSource& source, io::RepairReport& report) {
  const auto state = io::read_checkpoint(source);
  const auto assumed = assumed_of(flags, source.header());
  const auto architecture = model::load_network<float>(state, assumed).architecture;
  report.objective = objective_of_network(flags.file, source.header(), architecture, flags.objective);
  const auto tokens = flags.text.empty() ? io::read_tokens(flags.tokens, architecture.vocabulary)
                                         : io::read_text(flags.text, architecture.vocabulary);
  const auto set = io::cut_sequences(tokens, architecture, report.objective);
  report.tokens = tokens.source;
  report.precision = flags.precision;
  io::LossRequest request{assumed, report.objective};
  request.sequences = flags.limit == 0 ? set.count() : std::min(flags.limit, set.count());
  request.threads = flags.threads;
  request.float64 = flags.precision == "float64";
  ProgressBar progress(progress_wanted(std::nullopt, flags.quiet), "evaluations");
  report.effects =
      io::repair_effects(state, report.layers, set, request,
                         [&](std::size_t done, std::size_t total) { progress.update(done, total); });
}

/// What a repaired file says of itself, beside what the input said.
std::string provenance(const io::RepairReport& report) {
  std::string labels;
  for (const io::RepairedLayer& layer : report.layers)
    if (layer.changed()) labels += (labels.empty() ? "" : ", ") + layer.layer.name;
  return fmt::format("{}{}: {} (of a file with SHA-256 {})", analysis::name(report.target),
                     report.target.kind == analysis::RepairTarget::Kind::random
                         ? fmt::format(", seed {}", report.target.seed)
                         : "",
                     labels.empty() ? "nothing" : labels, report.sha256);
}

/// Warnings where an operator is not what was asked for once it is stored.
void judge_results(io::RepairReport& report) {
  for (const io::RepairedLayer& layer : report.layers) {
    const auto& before = layer.repair.before;
    const std::string name = model::printable(layer.layer.name);
    if (layer.repair.on_circle > 0)
      report.warnings.push_back(
          fmt::format("{}: {} zeros on the unit circle, or not to be told from it, were left.", name,
                      layer.repair.on_circle));
    if (before.status != analysis::IndexStatus::certified) continue;
    const std::int64_t expected = before.number - static_cast<std::int64_t>(layer.repair.outward) +
                                  static_cast<std::int64_t>(layer.repair.inward);
    if (layer.after.status == analysis::IndexStatus::certified && layer.after.number == expected) continue;
    report.warnings.push_back(fmt::format(
        "{}: rounded to {} the taps do not have the index {} any more: zeros lie nearer to the circle "
        "than rounding can tell.",
        name, model::name(layer.layer.dtype), -expected));
  }
}

void run(RepairFlags flags) {
  if (flags.threads == 0) flags.threads = std::max(1U, std::thread::hardware_concurrency());
  analysis::RepairTarget target = analysis::parse_target(flags.to);
  target.seed = flags.seed;
  const auto source = io::open_checkpoint(flags.file, flags.copy);
  flags.file = source->header().path;  // of a folder, what was taken
  const io::OutputFile output(flags.output, flags.force, inputs_of(flags));
  std::optional<io::OutputFile> beside;
  if (!flags.report.empty()) {
    if (report_format(flags.report) == "html") io::require_page();
    beside.emplace(flags.report, flags.force, inputs_of(flags));
    beside->require_apart(output.path(), "the checkpoint and its report would go to one file");
  }

  io::RepairReport report;
  report.file = flags.file;
  report.sha256 = source->sha256();
  report.output = output.path();
  report.target = target;
  io::RepairRequest request{flags.layers, target, assumed_of(flags, source->header()), flags.threads};
  report.layers = io::repair_layers(*source, request);
  report.operators = io::recognize_header(source->header(), request.assumptions).operators;
  judge_results(report);
  if (!flags.tokens.empty() || !flags.text.empty()) evaluate(flags, *source, report);

  const auto written =
      io::copy_checkpoint(*source, output.path(), flags.force, io::repaired_arrays(*source, report.layers),
                          {{"repaired", provenance(report)}});
  std::ranges::copy(written.notes, std::back_inserter(report.warnings));
  for (const std::string& lost : written.lost) report.warnings.push_back("Not kept: " + lost);
  if (beside) beside->write(report_text(report, report_format(flags.report)));
  write_output(report_text(report, flags.format));
}

}  // namespace

void add_repair(CLI::App& app) {
  const auto flags = std::make_shared<RepairFlags>();
  CLI::App* command = app.add_subcommand(
      "repair",
      "Give Toeplitz layers another index at the same modulus on the circle, keep the rest bit for bit");
  add_network_file(*command, *flags);
  command->add_option("-o,--output", flags->output, "checkpoint to write, in the format of FILE")
      ->type_name("FILE")
      ->required()
      ->check(check_file_name);
  command
      ->add_option("--report", flags->report,
                   "write the report to this file too: a page (.html), .json or the table (.txt)")
      ->type_name("FILE")
      ->check([](const std::string& name) -> std::string {
        return report_format(name).empty() ? "a report is a page, JSON or a table: end its name in .html, "
                                             ".json or .txt"
                                           : "";
      });
  command->add_flag("--force", flags->force, "replace the output file, or the report, if it exists");
  add_layers(*command, flags->layers);
  command
      ->add_option(
          "--to", flags->to,
          "minimum-phase (no zero in the disc), index=K (winding number K, by the reflections that change "
          "the operator least), maximum-phase (all zeros in the disc), random (as many zeros as "
          "minimum-phase would reflect, drawn among all)")
      ->type_name("TARGET")
      ->check([](const std::string& text) -> std::string {
        try {
          analysis::parse_target(text);
        } catch (const ArgumentError& e) {
          return e.what();
        }
        return "";
      })
      ->capture_default_str();
  add_whole(*command, "--seed", flags->seed, "seed of --to random")->default_str("1");
  auto* tokens =
      command
          ->add_option("--evaluate", flags->tokens,
                       "token ids as of tmm evaluate --tokens: loss before and after, each layer alone "
                       "and all of them")
          ->type_name("TOKENS");
  command
      ->add_option("--evaluate-text", flags->text, "the same on text files, read as bytes (vocabulary 256)")
      ->type_name("FILE")
      ->excludes(tokens);
  command
      ->add_option("--objective", flags->objective,
                   "of the loss: clm, copy or autoencoder (default: as the file says)")
      ->check(CLI::IsMember({"clm", "copy", "autoencoder"}));
  add_whole(*command, "--limit", flags->limit, "evaluate at most so many sequences", 1);
  command->add_option("--precision", flags->precision, "arithmetic of the network: float32 or float64")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  add_whole(*command, "--threads", flags->threads, "threads (default: all; the numbers do not depend on it)",
            1, 1024);
  command->add_option("--format", flags->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", flags->quiet, "no progress on stderr");
  command->footer(
      "Zeros z of the symbol become 1/conj(z), which leaves |a| on the circle, and so the spectrum of long "
      "sections, "
      "as it was, and moves the index.\n"
      "Example: every layer invertible, and whether the network cares\n"
      "  tmm repair model.h5 -o minimum.h5 --evaluate tokens.h5\n"
      "Example: the control, with a page that shows it\n"
      "  tmm repair model.h5 -o maximum.h5 --to maximum-phase --evaluate tokens.h5 --report maximum.html\n"
      "Example: index -2 for blocks 0 to 3\n"
      "  tmm repair model.h5 -o two.h5 --layers 0-3 --to index=2");
  command->callback([flags] { run(*flags); });
}

}  // namespace tmm::apps
