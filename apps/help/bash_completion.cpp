// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "apps/help/completion.hpp"
#include "apps/help/option_words.hpp"

namespace tmm::apps {
namespace {

constexpr const char* beginning =
    R"(# Completion of tmm's command line for bash. Made by `tmm --completion bash`.
_tmm() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i options= values= kind=files
  # --format=json comes in three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = && $COMP_CWORD -gt 1 ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --max-memory) ((++i)) ;;
      -* | =) ;;
      *)
        command=${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  COMPREPLY=()
  case $command in
)";

constexpr const char* end = R"(    *) return 0 ;;
  esac
  if [[ $kind != none && $kind != values && $word == -* ]]; then
    values=$options
    kind=values
  fi
  case $kind in
    values) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word") ;;
    files)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      ;;
    *) compopt +o default +o bashdefault 2>/dev/null ;;
  esac
  return 0
} && complete -o bashdefault -o default -F _tmm tmm
)";

std::string joined(const std::vector<std::string>& words, const char* between) {
  return fmt::format("{}", fmt::join(words, between));
}

std::vector<std::string> all_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options_of(command))
    std::ranges::copy(option_names(*option), std::back_inserter(names));
  return names;
}

/// What may stand after each option that takes a value: words, or nothing that is known; files are offered
/// unasked.
std::string after_options(const CLI::App& command) {
  std::string lines;
  std::vector<std::string> unknown;
  for (const CLI::Option* option : options_of(command)) {
    if (!takes_value(*option) || names_file(*option)) continue;
    const auto names = option_names(*option);
    const auto words = allowed_words(*option);
    if (words.empty())
      std::ranges::copy(names, std::back_inserter(unknown));
    else
      lines +=
          fmt::format("        {}) kind=values values='{}' ;;\n", joined(names, " | "), joined(words, " "));
  }
  if (!unknown.empty()) lines += fmt::format("        {}) kind=none ;;\n", joined(unknown, " | "));
  return lines.empty() ? "" : "      case $before in\n" + lines + "      esac\n";
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* command : commands_of(app)) commands.push_back(command->get_name());
  const std::string names = joined(commands, " ");
  std::string text = beginning;
  text += fmt::format("    '')\n      options='{}'\n      kind=commands\n", joined(all_names(app), " "));
  text += after_options(app);
  text += fmt::format("      [[ $kind == commands && $word != -* ]] && kind=values values='{}'\n      ;;\n",
                      names);
  text += fmt::format("    help) kind=values values='{}' ;;\n", names);
  for (const CLI::App* command : commands_of(app)) {
    if (command->get_name() == "help") continue;
    text += fmt::format("    {})\n      options='{} --max-memory'\n", command->get_name(),
                        joined(all_names(*command), " "));
    text += after_options(*command) + "      ;;\n";
  }
  return text + end;
}

}  // namespace tmm::apps
