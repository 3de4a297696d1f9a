// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "io/run/training_config.hpp"

namespace CLI {
class App;
}

namespace tmm::apps {

/// Registers every option that a configuration file may hold; they write into `config`, which must live as
/// long as `command`.
void add_training_options(CLI::App& command, io::TrainingConfig& config);

/// Whether one of these options stands on the command line.
bool given(const CLI::App& command, const std::string& option);

/// The configuration in `toml`, where options given on the command line go before it. Relative paths of data
/// in it are seen from the folder of `source`. Throws FormatError naming `source`, with the line, for what is
/// not TOML 1.0, for a key that is none of these options and for a value of another type, and, with the
/// option, for a value that its option refuses.
io::TrainingConfig read_training_config(const std::string& toml, const std::string& source,
                                        const CLI::App& command);

/// Options of these that stand on the command line, but are none of `allowed`.
std::set<std::string> given_besides(const CLI::App& command, const std::set<std::string>& allowed);

}  // namespace tmm::apps
