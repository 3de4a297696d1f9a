// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "apps/commands.hpp"
#include "apps/version.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"

namespace {

/// Does not throw, as fmt::print would where standard error goes to a full disk.
void complain(const char* what) {
  std::fputs("tmm: ", stderr);
  std::fputs(what, stderr);
  std::fputs("\n", stderr);
}

/// Output that did not arrive (disk full, closed pipe) is a failed run.
void require_output_written() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw tmm::FileError(std::string("cannot write: ") + std::strerror(errno),
                         {"standard output", "", "", "", ""});
}

}  // namespace

// Exit codes: 0 done, 1 input or run failed, 2 usage, 3 some result undecided (only with --strict).
int main(int argc, char** argv) {
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
  tmm::apps::add_info(app);
  tmm::apps::add_report(app);
  tmm::apps::add_train(app);
  try {
    app.parse(argc, argv);
    require_output_written();
  } catch (const CLI::RuntimeError& e) {
    return e.get_exit_code();
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    complain("not enough memory");
    return 1;
  } catch (const std::exception& e) {
    complain(e.what());
    return 1;
  }
  return 0;
}
