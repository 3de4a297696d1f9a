// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/commands.hpp"
#include "apps/network_file.hpp"
#include "apps/options/number_option.hpp"
#include "apps/options/output_format.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/library_versions.hpp"
#include "io/report/report_html.hpp"
#include "io/tokens/tokens.hpp"
#include "model/base/error.hpp"
#include "model/base/random_source.hpp"
#include "model/base/text.hpp"
#include "model/network/objective.hpp"

namespace tmm::apps {
namespace {

struct JacobianOptions {
  NetworkFile network;
  std::string tokens, dataset, token_type, objective, format, output, arrays;
  std::vector<std::string> text;
  std::size_t samples = 4, length = 0, steps = 64, full = 4096, threads = 0;
  std::uint64_t seed = 0;
  bool no_blocks = false, whole = false, force = false, quiet = false;
};

model::Objective objective_of(const JacobianOptions& options, const io::CheckpointHeader& header,
                              const model::Architecture& architecture) {
  const auto usual = model::default_objective(architecture.network);
  if (architecture.network == model::Network::autoencoder) return usual;
  if (!options.objective.empty()) return *model::parse_objective(options.objective);
  const auto stored = header.attributes.find("objective");
  if (stored == header.attributes.end()) return usual;
  const auto objective = model::parse_objective(stored->second);
  return objective == model::Objective::copy ? *objective : usual;
}

io::SequenceSet sequences_of(const JacobianOptions& options, const model::Architecture& architecture,
                             model::Objective objective, std::string& source) {
  io::TokenFile how;
  if (!options.dataset.empty()) how.dataset = options.dataset;
  how.type = io::parse_raw_integer(options.token_type);
  const auto tokens = options.text.empty() ? io::read_tokens(options.tokens, architecture.vocabulary, how)
                                           : io::read_text(options.text, architecture.vocabulary);
  source = tokens.source;
  io::SequenceSet set = io::cut_sequences(tokens, architecture, objective);
  if (options.length > set.length)
    throw ArgumentError(
        "the sequences are shorter than that",
        {source, "--length", "at most " + std::to_string(set.length), std::to_string(options.length), ""});
  return set;
}

/// `count` of `all` sequences, drawn without replacement, ascending.
std::vector<std::size_t> choose(std::size_t all, std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> places(all);
  std::iota(places.begin(), places.end(), std::size_t{0});
  model::RandomSource random({seed, 0x5a3});
  count = std::min(count, all);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(places[i], places[i + static_cast<std::size_t>(random.below(all - i))]);
  places.resize(count);
  std::ranges::sort(places);
  return places;
}

/// The first `length` tokens of these sequences.
std::vector<std::int32_t> chosen_ids(const io::SequenceSet& set, const std::vector<std::size_t>& chosen,
                                     std::size_t length) {
  std::vector<std::int32_t> ids;
  for (const std::size_t i : chosen) {
    const auto first = set.ids.begin() + static_cast<std::ptrdiff_t>(i * set.length);
    ids.insert(ids.end(), first, first + static_cast<std::ptrdiff_t>(length));
  }
  return ids;
}

void run(JacobianOptions options) {
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  const std::string format = output_format(options.format, options.output, "table");
  if (format == "html") io::require_page();
  const auto source = io::open_checkpoint(options.network.file, options.network.copy);
  options.network.file = source->header().path;  // of a folder, what was taken
  if (options.tokens.empty() && options.text.empty())
    throw ArgumentError("nothing to differentiate at",
                        {options.network.file, "", "--tokens FILE or --text FILE…", "", ""});
  auto inputs = options.text;
  inputs.push_back(options.network.file);
  if (!options.tokens.empty()) inputs.push_back(options.tokens);
  std::optional<io::OutputFile> output;
  if (!options.output.empty()) output.emplace(options.output, options.force, inputs);
  if (!options.arrays.empty()) {
    const io::OutputFile arrays(options.arrays, options.force, inputs);
    if (output) arrays.require_apart(output->path(), "the result and its arrays would go to one file");
  }
  const auto state = io::read_checkpoint(*source);
  io::JacobianReport report;
  report.warnings = judge(options.network, source->header(), state);
  const auto network = model::load_network<double>(state, assumed_of(options.network, source->header()));
  if (options.whole && !network.autoencoder())
    throw ArgumentError("only an autoencoder has a bottleneck to go through",
                        {options.network.file, "--through-bottleneck", "an autoencoder", "", ""});
  report.file = options.network.file;
  report.sha256 = format == "json" || format == "html" ? source->sha256() : "";
  const auto objective = objective_of(options, source->header(), network.architecture);
  report.objective = model::name(objective);
  const io::SequenceSet set = sequences_of(options, network.architecture, objective, report.source);
  report.sequences = set.count();
  report.chosen = choose(set.count(), options.samples, options.seed);
  const std::size_t length = options.length == 0 ? set.length : options.length;
  const std::vector<std::int32_t> ids = chosen_ids(set, report.chosen, length);
  analysis::JacobianOptions how;
  how.steps = options.steps, how.full_limit = options.full, how.seed = options.seed;
  how.threads = options.threads, how.blocks = !options.no_blocks, how.through_bottleneck = options.whole;
  how.matrices = !options.arrays.empty();
  ProgressBar progress(progress_wanted(std::nullopt, options.quiet), "samples");
  try {
    naming_file(report.file, [&] {
      report.result = analysis::network_jacobian(
          network, ids, length, how, [&](std::size_t done) { progress.update(done, report.chosen.size()); });
    });
  } catch (const FormatError& e) {
    throw FormatError(e.what(), {report.file, "", "", "", "Its numbers leave the range of float64 there"});
  }
  io::describe_derivative(network, report);
  if (!options.arrays.empty()) io::write_jacobian_arrays(options.arrays, report);
  const std::string text = format == "json"   ? io::jacobian_json(report)
                           : format == "csv"  ? io::jacobian_csv(report)
                           : format == "html" ? io::jacobian_html(report, io::program_version())
                                              : io::jacobian_table(report);
  if (!output) return write_output(text);
  output->write(text);
  if (!options.quiet) remark("wrote {}\n", model::printable(output->path()));
}

void add_tokens(CLI::App& command, JacobianOptions& options) {
  auto* tokens = command
                     .add_option("--tokens", options.tokens,
                                 "file of token ids, (N) or (sequences, tokens): HDF5, .npy, raw .bin")
                     ->type_name("FILE");
  command.add_option("--dataset", options.dataset, "dataset of an HDF5 token file")->needs(tokens);
  command
      .add_option("--token-type", options.token_type,
                  "of a token file of raw numbers (default: uint16 if it is named .bin)")
      ->check(CLI::IsMember({"uint8", "uint16", "uint32", "int32", "int64"}))
      ->needs(tokens);
  command.add_option("--text", options.text, "text files, read as bytes (vocabulary 256)")
      ->type_name("FILE")
      ->excludes(tokens);
  command
      .add_option("--objective", options.objective,
                  "how a stream is cut into sequences: clm or copy (default: as the file says)")
      ->check(CLI::IsMember({"clm", "copy"}));
  add_whole(command, "--samples", options.samples, "sequences to differentiate at, drawn by --seed", 1)
      ->default_str("4");
  add_whole(command, "--length", options.length,
            "the first so many tokens of each; z is then at the last of them (default: all)", 1);
  add_whole(command, "--seed", options.seed, "of the choice of sequences and of random vectors")
      ->default_str("0");
}

}  // namespace

void add_jacobian(CLI::App& app) {
  const auto options = std::make_shared<JacobianOptions>();
  CLI::App* command =
      app.add_subcommand("jacobian", "Is a network invertible over its input? Its derivative at tokens");
  add_network_file(*command, options->network);
  add_tokens(*command, *options);
  add_whole(*command, "--steps", options->steps, "of Golub-Kahan-Lanczos", 1, 4096)->default_str("64");
  add_whole(
      *command, "--full", options->full,
      "all singular values of the stream up to this tokens x d, of parts of blocks up to a quarter of it", 0,
      16384)
      ->default_str("4096");
  command->add_flag("--no-blocks", options->no_blocks, "the whole network alone, not block by block");
  command->add_flag("--through-bottleneck", options->whole,
                    "autoencoder: the stream at its end, not at the end of its encoder");
  add_whole(*command, "--threads", options->threads, "threads (default: all processors)", 1, 1024);
  command->add_option("--format", options->format, "table, json, csv or html (default: by the name after -o)")
      ->check(CLI::IsMember({"table", "json", "csv", "html"}));
  command
      ->add_option("-o,--output", options->output,
                   "write to this file, whole or not at all, instead of stdout")
      ->type_name("FILE")
      ->check(check_file_name);
  command
      ->add_option("--hdf5", options->arrays,
                   "write singular values, profiles and the matrices themselves to this HDF5 file")
      ->type_name("FILE")
      ->check(check_file_name);
  command->add_flag("--force", options->force, "replace result files that exist");
  command->add_flag("-q,--quiet", options->quiet, "no progress or remarks on stderr");
  command->footer(
      "In float64, whatever the network is stored in. A product costs about a forward pass; d + 2 K of them "
      "and "
      "the blocks' are made for every sample.\n"
      "Example: the whole spectrum at 32 tokens, d = 128\n"
      "  tmm jacobian model.h5 --tokens tokens.h5 --length 32\n"
      "Example: a byte-level model at full length, for `tmm compare` beside its run\n"
      "  tmm jacobian run/model.h5 --text book.txt -o run/evaluations/jacobian.json\n"
      "Example: a page with spectra, retention and blocks\n"
      "  tmm jacobian model.h5 --text book.txt -o derivative.html");
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
