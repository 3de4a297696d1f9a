// SPDX-License-Identifier: MIT
#include "apps/help/option_words.hpp"

#include <algorithm>

namespace tmm::apps {

std::vector<std::string> option_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

std::vector<std::string> allowed_words(const CLI::Option& option) {
  const std::string type = option.get_type_name();  // TEXT:{table,json}
  const std::size_t begin = type.find(":{");
  if (begin == std::string::npos || !type.ends_with('}')) return {};
  return CLI::detail::split(type.substr(begin + 2, type.size() - begin - 3), ',');
}

bool names_file(const CLI::Option& option) {
  if (option.get_positional()) return true;
  const std::string type = option.get_type_name();
  return type.starts_with("FILE") || type.starts_with("FOLDER");
}

std::vector<std::string> option_groups(const CLI::App& command) {
  std::vector<std::string> groups;
  for (const std::string& group : command.get_groups())
    if (!group.empty() && !options_of(command, group).empty()) groups.push_back(group);
  return groups;
}

std::vector<const CLI::Option*> options_of(const CLI::App& command, const std::string& group) {
  return command.get_options([&group](const CLI::Option* option) {
    return option->nonpositional() && option->get_group() == group;
  });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options;
  for (const std::string& group : option_groups(command))
    std::ranges::copy(options_of(command, group), std::back_inserter(options));
  return options;
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

}  // namespace tmm::apps
