// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "apps/commands.hpp"
#include "apps/network_answers.hpp"
#include "apps/standard_streams.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/side_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/checkpoint_report.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/recognition.hpp"

namespace tmm::apps {
namespace {

struct InfoOptions {
  std::string file, copy;
  std::string format = "table";
  NetworkAnswers answers;
};

void run(const InfoOptions& options) {
  const auto source = io::open_checkpoint(options.file, options.copy);
  const io::CheckpointHeader& header = source->header();
  const auto assumed = io::with_answers_beside(assumptions(true, options.answers), header);
  auto architecture = io::recognize_header(header, assumed);
  if (model::has_square_weights(architecture)) {  // the one question that names and shapes leave open
    const model::StateDict weights =
        io::read_checkpoint(*source, io::Selection::toeplitz, model::Contradictions::assume_toeplitz);
    model::hear_values(weights, model::Contradictions::refuse, architecture);
  }
  write_output(options.format == "json" ? io::info_json(header, architecture)
                                        : io::info_table(header, architecture));
}

}  // namespace

void add_info(CLI::App& app) {
  const auto options = std::make_shared<InfoOptions>();
  CLI::App* command =
      app.add_subcommand("info", "Show the architecture of a checkpoint, from its header alone");
  command
      ->add_option("FILE", options->file,
                   "checkpoint: HDF5, safetensors, the index of its shards, torch.save, npz or npy, or a "
                   "folder with one")
      ->required();
  command->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  add_copy(*command, options->copy);
  add_answers(*command, options->answers);
  command->footer(
      "Example: variant, sizes, and what a forward pass would lack\n"
      "  tmm info model.h5\n"
      "Example: the number of parameters, for a script\n"
      "  tmm info model.h5 --format json | jq .parameters");
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
