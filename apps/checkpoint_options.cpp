// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "apps/commands.hpp"

namespace tmm::apps {

void add_assume_toeplitz(CLI::App& command, bool& value) {
  command.add_flag(
      "--assume-toeplitz", value,
      "take stored weights for Toeplitz operators although the file says otherwise; every output "
      "carries a remark");
}

void add_copy(CLI::App& command, std::string& value) {
  command
      .add_option("--copy", value,
                  "of several copies of the network in one file (weights and their moving average), the one "
                  "below this name (ema), or top; every output carries a remark")
      ->type_name("PREFIX")
      ->check([](const std::string& text) { return text.empty() ? "an empty name" : ""; });
}

model::Contradictions contradictions(bool assume_toeplitz) {
  return assume_toeplitz ? model::Contradictions::assume_toeplitz : model::Contradictions::refuse;
}

}  // namespace tmm::apps
