// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

/// One function a command, in apps/COMMAND.cpp: registers the subcommand with its flags, a worked example in
/// its --help, and a callback that does the work and throws tmm::Error.
namespace tmm::apps {

void add_info(CLI::App& app);

}  // namespace tmm::apps
