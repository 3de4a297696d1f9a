// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

/// The program's standard output, which must arrive, and standard error, which may be lost.
namespace tmm::apps {

/// Puts something in the place of standard streams that the caller has closed (`2>&-`), so that no file the
/// program opens gets their number and with it the messages. A closed standard output still refuses what is
/// written to it. Call it first.
void hold_standard_streams();

/// Writes a result. Throws FileError naming standard output with the system's reason.
void write_output(std::string_view text);
/// Waits until the system has all of it. Throws as write_output.
void flush_output();

template <class... T>
void print(fmt::format_string<T...> format, T&&... values) {
  write_output(fmt::format(format, std::forward<T>(values)...));
}

/// Writes to standard error. Never fails: a run is not worse for a remark that nobody hears.
void write_remark(std::string_view text) noexcept;

template <class... T>
void remark(fmt::format_string<T...> format, T&&... values) {
  write_remark(fmt::format(format, std::forward<T>(values)...));
}

}  // namespace tmm::apps
