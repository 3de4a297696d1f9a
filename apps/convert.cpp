// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "apps/commands.hpp"
#include "apps/options/output_format.hpp"
#include "apps/standard_streams.hpp"
#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/output_file.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

struct ConvertOptions {
  std::string input, output;
  std::string copy;
  bool force = false;
};

void run(const ConvertOptions& options) {
  const std::vector<std::string> inputs{options.input};
  const io::OutputFile output(options.output, options.force, inputs);
  const auto done = io::convert_checkpoint(options.input, output.path(), options.force, options.copy);
  for (const std::string& note : done.notes) remark("tmm: note: {}\n", model::printable(note));
  for (const std::string& lost : done.lost) remark("tmm: warning: not kept: {}\n", model::printable(lost));
  print("{}: {} tensors, {} to {}, every bit {}\n", model::printable(output.path()), done.tensors, done.from,
        done.to, done.lost.empty() ? "kept" : "of them kept; not all of the metadata (see the warnings)");
}

}  // namespace

void add_convert(CLI::App& app) {
  const auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand("convert",
                                         "Rewrite an HDF5 checkpoint as safetensors or the other way round, "
                                         "or a torch.save or numpy file as either");
  command
      ->add_option("IN", options->input,
                   "checkpoint: HDF5, safetensors, the index of its shards, torch.save, npz or npy, or a "
                   "folder with one")
      ->required();
  command
      ->add_option("OUT", options->output,
                   "file to write, in the other format; of torch.save and numpy: safetensors if it ends in "
                   ".safetensors, else HDF5")
      ->required()
      ->check(check_file_name);
  command->add_flag("--force", options->force, "replace OUT if it exists");
  add_copy(*command, options->copy);
  command->footer(
      "Types, shapes and bits are kept, attributes and metadata as text; bfloat16 is uint16 with attribute "
      "dtype = \"bfloat16\" in HDF5.\n"
      "Example: a model from the Hugging Face hub as HDF5\n"
      "  tmm convert model.safetensors model.h5\n"
      "Example: a file of torch.save; nothing in it is executed\n"
      "  tmm convert pytorch_model.bin model.safetensors\n"
      "Example: several shards into one file\n"
      "  tmm convert model.safetensors.index.json model.h5");
  command->callback([options] { run(*options); });
}

}  // namespace tmm::apps
