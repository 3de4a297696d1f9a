// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "model/error.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Operator theory of trained Toeplitz layers"};
  app.require_subcommand(1);
  app.set_version_flag("--version", TMM_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    fmt::print(stderr, "tmm: {}\n", e.what());
    return 1;
  }
  return 0;
}
