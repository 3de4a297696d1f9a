// SPDX-License-Identifier: MIT
#include "apps/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace tmm::apps {

int output_width() {
  constexpr int usual = 80, most = 400;
  if (const char* said = std::getenv("COLUMNS"); said != nullptr) {
    int width = 0;
    const char* end = said + std::strlen(said);
    if (std::from_chars(said, end, width).ptr == end && width > 0) return std::clamp(width, usual, most);
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::clamp<int>(size.ws_col, usual, most);
  return usual;
}

void add_progress_flag(CLI::App* command, std::optional<bool>& wanted) {
  command->add_flag_function(
      "--progress,!--no-progress", [&wanted](std::int64_t count) { wanted = count > 0; },
      "bars on stderr, with an estimate of the rest (default: on a terminal)");
}

bool progress_wanted(const std::optional<bool>& wanted, bool quiet) {
  return wanted.value_or(::isatty(STDERR_FILENO) == 1) && !quiet;
}

}  // namespace tmm::apps
