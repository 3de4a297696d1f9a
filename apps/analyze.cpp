// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "apps/analyze_run.hpp"
#include "apps/commands.hpp"
#include "apps/options/layers_options.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/options/plane_options.hpp"
#include "apps/terminal.hpp"
#include "model/base/error.hpp"

namespace tmm::apps {
namespace {

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
    "Example: index of T - lambda and pseudospectra over the plane, on the cards of a page\n"
    "  tmm analyze model.h5 --pseudospectra -o report.html\n"
    "Example: the winding numbers, for a script\n"
    "  tmm analyze model.h5 --format csv | grep ,winding_number, | cut -d, -f4,14";

}  // namespace

void add_analyze(CLI::App& app) {
  const auto options = std::make_shared<AnalyzeFlags>();
  CLI::App* command = app.add_subcommand("analyze", "Index, spectrum and measures of every Toeplitz layer");
  command
      ->add_option("FILE", options->files,
                   "checkpoints: HDF5, safetensors, the index of shards, or a folder with one")
      ->required();
  command
      ->add_option(
          "--format", options->format,
          "table, json, jsonl (an operator a line, as they come), csv, wide-csv (a row for every operator), "
          "html, latex or markdown (default: by what the name after -o ends in, else table)")
      ->check(CLI::IsMember({"table", "json", "jsonl", "csv", "wide-csv", "html", "latex", "markdown"}));
  command
      ->add_option("--measures", options->measures,
                   "comma list: only these measures, and no more work than they need")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("-o,--output", options->output,
                   "write to this file, whole or not at all, instead of stdout")
      ->type_name("FILE")
      ->check(check_file_name);
  CLI::Option* hdf5 =
      command
          ->add_option("--hdf5", options->hdf5,
                       "also write everything, arrays included, to this HDF5 file, as it comes")
          ->type_name("FILE")
          ->check(check_file_name);
  command
      ->add_option("--resume", options->resume,
                   "go on with this HDF5 file of an analysis that was stopped; what it holds is not computed "
                   "again")
      ->type_name("FILE")
      ->check(check_file_name)
      ->excludes(hdf5);
  command->add_flag("--full", options->full,
                    fmt::format("json, jsonl: singular values and zeros of every operator too; a json of at "
                                "most {} has them anyway",
                                largest_whole_document));
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
  command->add_flag("--certify", options->certify,
                    "prove singular values and what follows from them, Jensen's defect and max|a|: certified "
                    "instead of numerical, at up to a few times the cost");
  command->add_flag("--published-winding", options->published_winding,
                    "also what a published script of 50,000 open samples says of the index (no proof)");
  add_plane(*command, options->plane);
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
  command->callback([options] { run_analyze(*options); });
}

}  // namespace tmm::apps
