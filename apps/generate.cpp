// SPDX-License-Identifier: MIT

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/commands.hpp"
#include "apps/network_file.hpp"
#include "apps/options/number_option.hpp"
#include "apps/standard_streams.hpp"
#include "apps/token_stream.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/evaluation/generation_report.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/generation/cached_pass.hpp"
#include "model/generation/generate.hpp"

namespace tmm::apps {
namespace {

struct GenerateOptions {
  NetworkFile network;
  std::vector<std::size_t> prompt;
  std::optional<std::string> text;
  std::string format = "text", precision = "float32";
  double temperature = std::numeric_limits<double>::quiet_NaN(), top_p = 1;
  std::optional<std::uint64_t> seed;
  std::size_t count = 0, top_k = 0, threads = 0;
  bool no_cache = false, window = false;
};

/// Whoever asks for draws without a temperature means that of the network.
model::Sampling sampling_of(const GenerateOptions& options) {
  const bool drawn = options.top_k != 0 || options.top_p != 1 || options.seed.has_value();
  const double temperature = std::isnan(options.temperature) ? (drawn ? 1 : 0) : options.temperature;
  return {temperature, options.top_k, options.top_p, options.seed.value_or(0)};
}

std::vector<std::int32_t> prompt_ids(const GenerateOptions& options, const model::Architecture& a) {
  std::vector<std::int32_t> ids;
  if (options.text) {
    if (a.vocabulary != 256)
      throw ArgumentError("text is read byte by byte, which takes a vocabulary of 256",
                          {options.network.file, "", "v = 256", "v = " + std::to_string(a.vocabulary),
                           "Encode the text with the model's own tokeniser and pass --prompt"});
    for (const char c : *options.text) ids.push_back(static_cast<unsigned char>(c));
    if (ids.empty())
      throw ArgumentError("the prompt is empty",
                          {options.network.file, "--text", "at least one byte", "", ""});
    return ids;
  }
  for (std::size_t i = 0; i < options.prompt.size(); ++i) {
    const std::size_t id = options.prompt[i];
    if (id >= a.vocabulary)
      throw ArgumentError(
          "a token is not in the vocabulary",
          {options.network.file, "--prompt", "ids from 0 to " + std::to_string(a.vocabulary - 1),
           std::to_string(id) + " at place " + std::to_string(i), ""});
    ids.push_back(static_cast<std::int32_t>(id));
  }
  return ids;
}

template <class T>
void generate(const GenerateOptions& options, const io::TensorSource& source) {
  const auto state = io::read_checkpoint(source);
  io::GenerationReport report;
  report.warnings = judge(options.network, source.header(), state);
  const auto network = model::load_network<T>(state, assumed_of(options.network, source.header()));
  report.file = options.network.file;
  naming_file(report.file, [&] { model::require_causal(network.architecture); });
  report.prompt = prompt_ids(options, network.architecture);
  report.settings = {options.count, sampling_of(options), !options.no_cache, options.window, options.threads};
  report.precision = options.precision;
  report.text = options.text.has_value();
  const bool json = options.format == "json";
  if (json) report.sha256 = source.sha256();
  std::optional<TokenStream> stream;
  if (!json) {
    for (const std::string& warning : report.warnings)
      remark("tmm: warning: {}: {}\n", model::printable(report.file), model::printable(warning));
    stream.emplace(report.text, ::isatty(STDOUT_FILENO) == 1);
  }
  naming_file(report.file, [&] {
    // What is wrong is said before anything is printed.
    model::check_generation(network.architecture, report.prompt, report.settings);
    if (stream)
      for (const std::int32_t id : report.prompt) stream->write(id);
    report.generation =
        model::generate<T>(network, report.prompt, report.settings, [&](const model::Choice& choice) {
          if (!stream) return;
          stream->write(choice.id);
          flush_output();
        });
  });
  if (stream) stream->finish();
  if (report.generation.overflow)
    throw FormatError(
        "the network's logits are not finite numbers",
        {report.file, "", "",
         "behind token " + std::to_string(report.prompt.size() + report.generation.tokens.size() - 1),
         options.precision == "float32" ? "Its numbers leave the range of float32; try --precision float64"
                                        : ""});
  if (json) write_output(io::generation_json(report));
}

void run(GenerateOptions options) {
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto source = io::open_checkpoint(options.network.file, options.network.copy);
  options.network.file = source->header().path;  // of a folder, what was taken
  if (!options.text && options.prompt.empty())
    throw ArgumentError("the prompt is empty",
                        {options.network.file, "", "--prompt ID,ID,… or --text TEXT", "", ""});
  return options.precision == "float64" ? generate<double>(options, *source)
                                        : generate<float>(options, *source);
}

void add_sampling(CLI::App& command, GenerateOptions& options) {
  add_real(command, "--temperature", options.temperature,
           "draw from softmax(logits/T); 0 takes the most probable token (default: 0; 1 beside --top-k, "
           "--top-p or "
           "--seed)",
           real_number("0 or more", [](double x) { return x >= 0; }));
  add_whole(command, "--top-k", options.top_k, "draw from the K most probable tokens only", 1);
  add_real(command, "--top-p", options.top_p,
           "then from the fewest most probable tokens only whose probabilities add up to P",
           real_number("more than 0, at most 1", [](double x) { return x > 0 && x <= 1; }))
      ->default_str("1");
  command
      .add_option_function<std::string>(
          "--seed", [&options](const std::string& text) { options.seed = *parse_whole_number(text); },
          "of the random numbers (default: 0)")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name(whole_type);
}

}  // namespace

void add_generate(CLI::App& app) {
  const auto options = std::make_shared<GenerateOptions>();
  CLI::App* command =
      app.add_subcommand("generate", "Go on with a prompt: the tokens that a language model draws");
  add_network_file(*command, options->network);
  auto* prompt = add_whole_list(*command, "--prompt", options->prompt, "token ids to go on with", 0);
  command->add_option("--text", options->text, "text to go on with, read as bytes (vocabulary 256)")
      ->type_name("TEXT")
      ->excludes(prompt);
  add_whole(*command, "--count", options->count, "tokens to draw", 1)->required();
  add_sampling(*command, *options);
  command->add_flag("--no-cache", options->no_cache,
                    "pass the whole sequence through the network again for every token");
  command->add_flag("--window", options->window,
                    "go on beyond the n tokens of the network's context: each further token from the last n");
  command->add_option("--precision", options->precision, "arithmetic of the network: float32 or float64")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  add_whole(*command, "--threads", options->threads, "threads (default: all processors)", 1, 1024);
  command
      ->add_option(
          "--format", options->format,
          "text: prompt and continuation as they come; json: with log-probabilities (of the logits as they "
          "are, before temperature and cuts), times and settings")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      "Example: the most probable continuation, 64 tokens of it\n"
      "  tmm generate model.h5 --prompt 5,17,4 --count 64\n"
      "Example: a byte-level model goes on with text; the same seed, the same text\n"
      "  tmm generate model.h5 --text \"In the beginning\" --count 100 --temperature 0.8 --top-k 40 --seed "
      "1");
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
