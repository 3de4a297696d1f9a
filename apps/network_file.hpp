// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "apps/network_answers.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"
#include "model/network/objective.hpp"

namespace tmm::apps {

/// A checkpoint whose network is run, as the flags of a command name it.
struct NetworkFile {
  std::string file, copy;
  bool assume_toeplitz = false;
  NetworkAnswers answers;
};

/// FILE, --copy, --assume-toeplitz and the flags of NetworkAnswers.
void add_network_file(CLI::App& command, NetworkFile& network);

/// What is assumed of the file: the flags, and what stands beside it.
model::Assumptions assumed_of(const NetworkFile& network, const io::CheckpointHeader& header);

/// Throws FormatError for a file that says that its weights are not what the network applies, unless asked
/// not to. Returns what every output must say of it.
std::vector<std::string> judge(const NetworkFile& network, const io::CheckpointHeader& header,
                               const model::StateDict& state);

/// The objective that a loss is taken of: `asked` if it is not empty; else what the file says of itself; else
/// that of its kind of network. Throws FormatError for an objective of the file that is not known here,
/// ArgumentError for one that does not fit the network.
model::Objective objective_of_network(const std::string& file, const io::CheckpointHeader& header,
                                      const model::Architecture& architecture, const std::string& asked);

/// Calls work(); an ArgumentError that it throws is thrown again with the name of `file` before it.
template <class Work>
void naming_file(const std::string& file, const Work& work) {
  try {
    work();
  } catch (const ArgumentError& e) {
    throw ArgumentError(e.what(), {file, "", "", "", ""});
  }
}

}  // namespace tmm::apps
