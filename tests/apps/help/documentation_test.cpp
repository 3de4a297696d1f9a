// SPDX-License-Identifier: MIT
// Manual pages and completion, which the program writes from the tree behind --help.
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support.hpp"

using Catch::Contains;
using tmm::test::read_text, tmm::test::run, tmm::test::run_tmm, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const std::string documentation = TMM_BUILD_DIR "/apps/documentation";

/// The commands that --help lists.
std::vector<std::string> commands() {
  const std::string help = run_tmm("--help").out, list = help.substr(help.find("\nSubcommands:"));
  std::vector<std::string> names;
  const std::regex line(R"(\n  (\w+) )");
  for (std::sregex_iterator match(list.begin(), list.end(), line), end; match != end; ++match)
    if ((*match)[1] != "help") names.push_back((*match)[1]);
  return names;
}

/// Text without line breaks and with single spaces.
std::string flowing(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(\s+)"), " ");
}

/// The entries of --help: what stands on a line that begins with two spaces, with the lines that go on with
/// it.
std::vector<std::string> entries(const std::string& help) {
  std::vector<std::string> found;
  std::istringstream lines(help.substr(0, help.find("\nExample")));
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == 2)
      found.push_back(line);
    else if (inside && first != std::string::npos && first > 2)
      found.back() += line;
    inside = first != std::string::npos && first >= 2;
  }
  return found;
}

bool here(const std::string& tool) {
  if (run("command -v " + tool).exit_code == 0) return true;
  WARN(tool << " is not here: not tested");
  return false;
}

/// What bash would offer for the last word.
std::string bash_offers(const std::string& words) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("ask")) << "source " + documentation +
                                           "/bash/tmm\n"
                                           "COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n_tmm\n"
                                           "echo \"${COMPREPLY[*]}\"\n";
  fs::create_directory(folder.file("runs"));
  std::ofstream(folder.file("runs/model one.h5")) << "";
  const auto result = run("cd " + folder.file("runs") + " && bash " + folder.file("ask") + " tmm " + words);
  INFO(words << '\n' << result.err);
  CHECK(result.err.empty());
  return result.out.substr(0, result.out.find('\n'));
}

/// The line that zsh makes of this one and a tab.
std::string zsh_makes(const std::string& line) {
  return run("cd " TMM_TEST_DATA " && zsh -f " TMM_SOURCE_DIR "/tests/apps/help/complete.zsh " +
             documentation + "/zsh '" + line + "'")
      .out;
}

}  // namespace

TEST_CASE("manual pages: one for every command, with every command, option and word of --help") {
  if (!here("groff")) return;
  std::vector<std::string> pages{""};
  for (const std::string& command : commands()) pages.push_back(command);
  REQUIRE(pages.size() == 12);
  for (const std::string& command : pages) {
    INFO(command);
    const std::string file = documentation + "/man/tmm" + (command.empty() ? "" : "-" + command) + ".1";
    CHECK(run_tmm("--man " + command).out == read_text(file));
    // No breaks at hyphens and one endless line for a paragraph, so that words can be compared.
    const auto page = run("groff -man -Tutf8 -ww -P-cbou -rHY=0 -rLL=2000n " + file);
    CHECK(page.exit_code == 0);
    CHECK(page.err.empty());
    const std::string text = flowing(page.out);
    const auto lines = entries(run_tmm(command + " --help").out);
    CHECK(lines.size() >= (command.empty() ? 11U : 5U));
    for (const std::string& line : lines) CHECK_THAT(text, Contains(flowing(line).substr(1)));
  }
  CHECK_THAT(flowing(run("groff -man -Tutf8 -P-cbou " + documentation + "/man/tmm.1").out),
             Contains("tmm - Operator theory of trained Toeplitz layers") && Contains("tmm-analyze(1)"));
}

TEST_CASE("manual pages: the doors that write them open for what they know alone") {
  CHECK(run_tmm("--man frobnicate").exit_code == 2);
  CHECK(run_tmm("--man help").exit_code == 2);
  CHECK(run_tmm("--completion fish").exit_code == 2);
  CHECK(run_tmm("--completion").exit_code == 2);
}

TEST_CASE("completion in bash: commands, options, their words, files") {
  if (!here("bash")) return;
  CHECK(bash_offers("''") ==
        "convert analyze compare evaluate generate info jacobian repair report sweep train help");
  CHECK(bash_offers("ana") == "analyze");
  CHECK(bash_offers("--max-memory 2G ev") == "evaluate");
  CHECK(bash_offers("--v") == "--version");
  CHECK(bash_offers("help tr") == "train");
  CHECK(bash_offers("analyze --se") == "--sections --seed");
  CHECK(bash_offers("analyze a.h5 --max") == "--max-memory");
  CHECK(bash_offers("analyze --format ''") == "table json jsonl csv wide-csv html latex markdown");
  CHECK(bash_offers("analyze --format = m") == "markdown");  // bash takes --format=m apart
  CHECK(bash_offers("analyze --format =") == "table json jsonl csv wide-csv html latex markdown");
  CHECK(bash_offers("info --format ''") == "table json");
  CHECK(bash_offers("train --objective ''").empty());
  for (const char* before :
       {"analyze", "analyze -o", "analyze --output", "analyze --hdf5", "compare a --against",
        "compare a --against b", "evaluate m --tokens", "train --config", "report"})
    CHECK(bash_offers(std::string(before) + " mod") == "model one.h5");
  CHECK(bash_offers("analyze --layers mod").empty());
  CHECK(bash_offers("frobnicate mod").empty());
}

TEST_CASE("completion in bash and zsh knows every option of every command") {
  const std::string zsh = read_text(documentation + "/zsh/_tmm");
  for (const std::string& command : commands()) {
    const std::string offered = " " + bash_offers(command + " -") + " ";
    const std::size_t begin = zsh.find("\n_tmm_" + command + "() {");
    REQUIRE(begin != std::string::npos);
    const std::string function = zsh.substr(begin, zsh.find("\n}\n", begin) - begin);
    const std::string help = run_tmm(command + " --help").out,
                      options = help.substr(0, help.find("\nExample"));
    const std::regex name(R"(\n  (-\w,)?(--[\w-]+))");
    for (std::sregex_iterator match(options.begin(), options.end(), name), end; match != end; ++match) {
      INFO(command << ' ' << (*match)[2]);
      CHECK_THAT(offered, Contains(" " + (*match)[2].str() + " "));
      CHECK_THAT(function, Contains((*match)[2].str() + "["));
    }
  }
}

TEST_CASE("completion in zsh: commands, options, their words, files") {
  CHECK(run_tmm("--completion zsh").out == read_text(documentation + "/zsh/_tmm"));
  CHECK(run_tmm("--completion bash").out == read_text(documentation + "/bash/tmm"));
  if (!here("zsh")) return;
  CHECK_THAT(zsh_makes("tmm ana"), Contains("tmm analyze "));
  CHECK_THAT(zsh_makes("tmm analyze --format wi"), Contains("--format wide-csv "));
  CHECK_THAT(zsh_makes("tmm compare --aga"), Contains("--against "));
  CHECK_THAT(zsh_makes("tmm compare a.h5 --against copy_flat_t"),
             Contains("--against copy_flat_toeplitz.h5 "));
  CHECK_THAT(zsh_makes("tmm analyze -o copy_flat_t"), Contains("-o copy_flat_toeplitz.h5 "));
  CHECK_THAT(zsh_makes("tmm info copy_flat_t"), Contains("info copy_flat_toeplitz.h5 "));
}
