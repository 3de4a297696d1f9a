// SPDX-License-Identifier: MIT
#include "apps/help/documentation.hpp"

#include <string_view>

#include "apps/help/completion.hpp"
#include "apps/help/manual_page.hpp"
#include "apps/help/option_words.hpp"
#include "io/report/library_versions.hpp"

namespace tmm::apps {

std::optional<std::string> documentation(const CLI::App& app, std::span<const char* const> arguments) {
  if (arguments.size() < 2 || arguments.size() > 3) return std::nullopt;
  const std::string_view door = arguments[1], what = arguments.size() == 3 ? arguments[2] : "";
  if (door == "--completion" && what == "bash") return bash_completion(app);
  if (door == "--completion" && what == "zsh") return zsh_completion(app);
  if (door != "--man") return std::nullopt;
  if (what.empty()) return manual_page(app, app, io::program_version());
  for (const CLI::App* command : commands_of(app))
    if (command->get_name() == what && what != "help")
      return manual_page(app, *command, io::program_version());
  return std::nullopt;
}

}  // namespace tmm::apps
