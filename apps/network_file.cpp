// SPDX-License-Identifier: MIT
#include "apps/network_file.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "apps/commands.hpp"
#include "io/checkpoint/side_file.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::apps {
namespace {

/// What the file says of itself; a task that nobody knows here must not become another one.
std::optional<model::Objective> stored_objective(const io::CheckpointHeader& header) {
  const auto stored = header.attributes.find("objective");
  if (stored == header.attributes.end()) return std::nullopt;
  const auto objective = model::parse_objective(stored->second);
  if (!objective)
    throw FormatError("the file names an objective that is not known here",
                      {header.path, "attribute objective", "clm, copy or autoencoder",
                       model::printable(stored->second.substr(0, 80)), "Name one with --objective"});
  return objective;
}

}  // namespace

model::Objective objective_of_network(const std::string& file, const io::CheckpointHeader& header,
                                      const model::Architecture& architecture, const std::string& asked) {
  const bool autoencoder = architecture.network == model::Network::autoencoder;
  const auto objective =
      !asked.empty() ? *model::parse_objective(asked)
                     : stored_objective(header).value_or(model::default_objective(architecture.network));
  if (autoencoder != (objective == model::Objective::autoencoder))
    throw ArgumentError(
        "this objective does not fit the network",
        {file, "", autoencoder ? "autoencoder" : "clm or copy", std::string(model::name(objective)), ""});
  return objective;
}

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
