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

model::Contradictions contradictions(bool assume_toeplitz) {
  return assume_toeplitz ? model::Contradictions::assume_toeplitz : model::Contradictions::refuse;
}

}  // namespace tmm::apps
