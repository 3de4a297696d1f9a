// SPDX-License-Identifier: MIT
#include "apps/suggestion.hpp"

#include <algorithm>
#include <vector>

namespace tmm::apps {
namespace {

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// Long names with their dashes, of the command and of the program.
std::vector<std::string> options_of(const CLI::App& app, const CLI::App* command) {
  std::vector<std::string> names;
  for (const CLI::App* owner : {&app, command}) {
    if (owner == nullptr) continue;
    for (const CLI::Option* option : owner->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_fnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::string question(const std::string& word) {
  return word.empty() ? "" : "Did you mean " + word + "?\n";
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  const std::size_t letters = word.size() - std::min(word.find_first_not_of('-'), word.size());
  std::string nearest;
  std::size_t least = letters / 3 + 1;  // one letter of two, two of three to five, …
  for (const std::string& candidate : known)
    if (const std::size_t distance = edit_distance(word, candidate);
        distance < least + (nearest.empty() ? 1 : 0))
      least = distance, nearest = candidate;
  return nearest;
}

std::string suggestion(const CLI::App& app, std::span<const char* const> arguments) {
  const CLI::App* command = nullptr;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    if (argument == "--") break;
    if (argument.starts_with("--")) {
      const std::string name = argument.substr(0, argument.find('='));
      const auto known = options_of(app, command);
      if (std::ranges::find(known, name) == known.end()) return question(nearest_word(name, known));
    } else if (command == nullptr && !argument.starts_with("-")) {
      const auto known = commands_of(app);
      if (std::ranges::find(known, argument) == known.end()) {
        if (i > 1 && std::string_view(arguments[i - 1]).starts_with("--"))
          continue;  // the value of an option
        return question(nearest_word(argument, known));
      }
      command = app.get_subcommand(argument);
    }
  }
  return "";
}

}  // namespace tmm::apps
