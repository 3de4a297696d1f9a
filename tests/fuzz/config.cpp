// SPDX-License-Identifier: MIT
// Training configurations (TOML). What is accepted is written out and must read back as the same.
#include <CLI/CLI.hpp>

#include "apps/options/train_options.hpp"
#include "input.hpp"
#include "model/base/error.hpp"

namespace {

tmm::io::TrainingConfig read(const std::string& toml) {
  CLI::App command;  // nothing on the command line
  tmm::io::TrainingConfig given;
  tmm::apps::add_training_options(command, given);
  auto config = tmm::apps::read_training_config(toml, "config.toml", command);
  tmm::io::complete_training_config(config);
  tmm::io::check_training_config(config);
  return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string written;
  try {
    written = tmm::io::training_config_toml(read(std::string(reinterpret_cast<const char*>(data), size)));
  } catch (const tmm::Error&) {
    return 0;
  }
  if (tmm::io::training_config_toml(read(written)) != written) std::abort();
  return 0;
}
