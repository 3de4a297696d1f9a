// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "apps/help/completion.hpp"
#include "apps/help/option_words.hpp"

namespace tmm::apps {
namespace {

/// A word of zsh that stands for itself; within it, `special` letters of _arguments are taken for themselves.
std::string zsh_word(const std::string& text) {
  std::string out = "'";
  for (const char letter : text) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return out + "'";
}

std::string shielded(const std::string& text, const std::string& special) {
  std::string out;
  for (const char letter : text) {
    if (special.find(letter) != std::string::npos) out += '\\';
    out += letter;
  }
  return out;
}

/// What _arguments does for the value of an option: offers words, files, or says what is expected.
std::string action(const CLI::Option& option) {
  const auto words = allowed_words(option);
  if (!words.empty()) return fmt::format("({})", fmt::join(words, " "));
  return names_file(option) ? "_files" : " ";
}

/// One line for each name of an option; after one of them the others are not offered again.
std::string option_lines(const CLI::Option& option) {
  const auto names = option_names(option);
  std::string lines;
  for (const std::string& name : names) {
    std::string line = names.size() > 1 ? fmt::format("({})", fmt::join(names, " ")) : "";
    line += name + "[" + shielded(option.get_description(), "[]\\") + "]";
    if (takes_value(option)) {
      const std::string type = option.get_type_name();
      line += ":" + shielded(type.substr(0, type.find(':')), ":\\") + ":" + action(option);
    }
    lines += "    " + zsh_word(line) + " \\\n";
  }
  return lines;
}

std::string positional_lines(const CLI::App& command) {
  std::string lines;
  for (const CLI::Option* option : positionals_of(command))
    lines += fmt::format("    {} \\\n", zsh_word((option->get_items_expected_max() > 1 ? "*:" : ":") +
                                                 option->get_name(true) + ":_files"));
  return lines;
}

}  // namespace

std::string zsh_completion(const CLI::App& app) {
  std::string text =
      "#compdef tmm\n# Completion of tmm's command line for zsh. Made by `tmm --completion zsh`.\n";
  std::string names, choices;
  for (const CLI::App* command : commands_of(app)) {
    names += "    " + zsh_word(command->get_name() + ":" + shielded(command->get_description(), "\\")) + "\n";
    if (command->get_name() == "help") continue;
    choices += fmt::format("    {}) _tmm_{} ;;\n", command->get_name(), command->get_name());
    text += fmt::format("_tmm_{}() {{\n  _arguments -s \\\n", command->get_name());
    for (const CLI::Option* option : options_of(*command)) text += option_lines(*option);
    text += positional_lines(*command);
    const CLI::Option* memory = app.get_option("--max-memory");
    text += option_lines(*memory) + "    && return 0\n}\n";
  }
  text += "_tmm_commands() {\n  local -a commands\n  commands=(\n" + names +
          "  )\n  _describe command commands\n}\n";
  text += "_tmm() {\n  local curcontext=$curcontext state line\n  typeset -A opt_args\n  _arguments -C \\\n";
  for (const CLI::Option* option : options_of(app)) text += option_lines(*option);
  text += "    '1: :_tmm_commands' \\\n    '*:: :->arguments' && return 0\n";
  text += "  [[ $state == arguments ]] || return 1\n  case $words[1] in\n" + choices;
  return text + "    help) _tmm_commands ;;\n  esac\n}\n_tmm \"$@\"\n";
}

}  // namespace tmm::apps
