// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "model/checkpoint/contradiction.hpp"

namespace CLI {
class App;
}

/// One function a command, in apps/COMMAND.cpp or apps/network/COMMAND.cpp: registers the subcommand with its
/// flags, a worked example in its --help, and a callback that does the work. The callback throws tmm::Error
/// (exit code 1), or CLI::RuntimeError to end with another code.
namespace tmm::apps {

/// --assume-toeplitz, of every command that takes weights from a file for operators.
void add_assume_toeplitz(CLI::App& command, bool& value);
/// What it asks for.
model::Contradictions contradictions(bool assume_toeplitz);

/// --copy, of every command that reads a checkpoint.
void add_copy(CLI::App& command, std::string& value);

void add_analyze(CLI::App& app);
void add_compare(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_generate(CLI::App& app);
void add_convert(CLI::App& app);
void add_info(CLI::App& app);
void add_jacobian(CLI::App& app);
void add_repair(CLI::App& app);
void add_report(CLI::App& app);
void add_sweep(CLI::App& app);
void add_train(CLI::App& app);

}  // namespace tmm::apps
