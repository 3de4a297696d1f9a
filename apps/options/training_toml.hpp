// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "io/run/training_config.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tmm::apps {

/// `toml` by the grammar of TOML 1.0, and what older runs wrote. Throws FormatError with the line in
/// `source`.
toml::table parse_toml(const std::string& toml, const std::string& source);

/// One KEY = VALUE that gives a training option, where it stands in a file that is still there.
struct TomlOption {
  std::string key;
  const toml::node* value;
};

/// Throws FormatError: `what` is wrong with `value`, which belongs to `key` in `source`.
[[noreturn]] void refuse_toml(const std::string& source, const std::string& key, const toml::node& value,
                              const std::string& what,
                              const std::string& hint = "tmm train --help lists all keys");

/// The option of a command that a key of a configuration stands for; throws as above if there is none.
CLI::Option& training_option(CLI::App& reader, const std::string& source, const TomlOption& option);

/// What its value is on a command line: one text, or several of an option that takes them. Throws as above
/// for a value of another type than the option's.
std::vector<std::string> option_texts(const CLI::Option& option, const std::string& source,
                                      const TomlOption& given);

/// The option's name without dashes.
std::string key_of(const CLI::Option& option);

/// Runs the checks and conversions of the options of `reader` that have a value, and makes the paths of data
/// in `config`, which they fill, seen from the folder of `source`, except where `command` gives them. Throws
/// FormatError naming `source` and the option.
void finish_training_options(CLI::App& reader, io::TrainingConfig& config, const std::string& source,
                             const CLI::App* command);

}  // namespace tmm::apps
