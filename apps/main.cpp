// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "apps/blas_pool.hpp"
#include "apps/commands.hpp"
#include "apps/help/documentation.hpp"
#include "apps/processes.hpp"
#include "apps/standard_streams.hpp"
#include "apps/suggestion.hpp"
#include "apps/version.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"

namespace {

void complain(const char* what) {
  for (const char* part : {"tmm: ", what, "\n"}) tmm::apps::write_remark(part);
}

/// Runs the command; its exit code.
int run(CLI::App& app, std::span<const char* const> arguments) {
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
    return 0;
  } catch (const CLI::RuntimeError& e) {
    return e.get_exit_code();
  } catch (const CLI::ParseError& e) {
    std::ostringstream help;  // --help and --version are such errors, too
    const int code = app.exit(e, help);
    tmm::apps::write_output(help.str());
    if (code != 0) tmm::apps::write_remark(tmm::apps::suggestion(app, arguments));
    return code == 0 ? 0 : 2;
  }
}

/// "help COMMAND" is "COMMAND --help", and "help" is "--help".
std::vector<const char*> arguments_of(int argc, char** argv) {
  std::vector<const char*> arguments(argv, argv + argc);
  if (argc < 2 || std::string_view(argv[1]) != "help") return arguments;
  if (argc == 2) return {argv[0], "--help"};
  arguments.erase(arguments.begin() + 1);
  arguments.push_back("--help");
  return arguments;
}

/// Whether the command is one that several processes share; of others the leader takes care alone.
bool shared_command(int argc, char** argv) {
  return std::any_of(argv, argv + argc,
                     [](std::string_view word) { return word == "analyze" || word == "sweep"; });
}

}  // namespace

// Exit codes: 0 done, 1 input or run failed, 2 usage, 3 some result undecided (only with --strict).
int main(int argc, char** argv) {
  tmm::apps::name_process();
  tmm::apps::hold_standard_streams();
  const tmm::apps::Processes processes(argc, argv);
  if (!tmm::apps::leads() && !shared_command(argc, argv)) return 0;
  CLI::App app{"Operator theory of trained Toeplitz layers"};
  app.require_subcommand(1);
  app.set_version_flag("--version", tmm::apps::version_text);
  app.footer("Every command explains itself with an example: tmm COMMAND --help");
  app.fallthrough();  // --max-memory stands after a command as well
  app.add_option_function<std::string>(
         "--max-memory",
         [](const std::string& size) {
           try {
             tmm::io::set_memory_limit(tmm::io::parse_size(size));
           } catch (const tmm::Error& e) {
             throw CLI::ValidationError("--max-memory", e.what());
           }
         },
         "bytes of array data a file may ask for, such as 2G (default: 3/4 of this machine's memory)")
      ->type_name("SIZE")
      ->trigger_on_parse();
  tmm::apps::add_convert(app);
  tmm::apps::add_analyze(app);
  tmm::apps::add_compare(app);
  tmm::apps::add_evaluate(app);
  tmm::apps::add_generate(app);
  tmm::apps::add_info(app);
  tmm::apps::add_jacobian(app);
  tmm::apps::add_repair(app);
  tmm::apps::add_report(app);
  tmm::apps::add_sweep(app);
  tmm::apps::add_train(app);
  app.add_subcommand("help", "What a command does: tmm help COMMAND");
  try {
    int code = 0;
    const auto arguments = arguments_of(argc, argv);
    if (const auto text = tmm::apps::documentation(app, arguments))
      tmm::apps::write_output(*text);
    else
      code = run(app, arguments);
    tmm::apps::flush_output();  // output that did not arrive (disk full, closed pipe) is a failed run
    return tmm::apps::leads() ? code : 0;
  } catch (const std::bad_alloc&) {
    complain("not enough memory");
    return 1;
  } catch (const std::exception& e) {
    complain(e.what());
    return 1;
  }
}
