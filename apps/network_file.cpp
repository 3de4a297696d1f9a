// SPDX-License-Identifier: MIT
#include "apps/network_file.hpp"

#include <algorithm>
#include <iterator>

#include "apps/commands.hpp"
#include "io/checkpoint/side_file.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::apps {

void add_network_file(CLI::App& command, NetworkFile& network) {
  command
      .add_option("FILE", network.file,
                  "checkpoint: HDF5, safetensors, the index of shards, or a folder with one")
      ->required();
  add_assume_toeplitz(command, network.assume_toeplitz);
  add_copy(command, network.copy);
  add_answers(command, network.answers);
}

model::Assumptions assumed_of(const NetworkFile& network, const io::CheckpointHeader& header) {
  return io::with_answers_beside(assumptions(network.assume_toeplitz, network.answers), header);
}

std::vector<std::string> judge(const NetworkFile& network, const io::CheckpointHeader& header,
                               const model::StateDict& state) {
  model::Architecture architecture = io::recognize_header(header, assumed_of(network, header));
  model::hear_values(
      state, network.assume_toeplitz ? model::Contradictions::assume_toeplitz : model::Contradictions::refuse,
      architecture);
  if (!network.assume_toeplitz) model::require_no_contradictions(architecture.contradictions, network.file);
  auto warnings = io::remarks(header);
  std::ranges::move(model::forward_remarks(architecture), std::back_inserter(warnings));
  if (!header.container.empty() && network.copy.empty())
    warnings.push_back("The network is what stands below \"" + model::printable(header.container) +
                       "\" in the file.");
  return warnings;
}

}  // namespace tmm::apps
