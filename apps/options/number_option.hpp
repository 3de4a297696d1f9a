// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Numbers on the command line and in configuration files. CLI11's own conversion reads 010 as eight, wraps
/// -1, cuts 1e999 and lets nan through every range; here a number is what it looks like, or refused.
namespace tmm::apps {

/// Decimal digits and nothing else: no sign, no base, no rounding; "010" is ten. Nothing for other text and
/// for numbers of 2^64 and more.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

/// A finite decimal number such as "2", "-0.5" or "1e-3", rounded once. Nothing for other text (nan, inf,
/// 0x1p3, 1.5x) and for numbers beyond the range of double at either end.
std::optional<double> parse_real_number(std::string_view text);

/// Checks for options; what they expect is shown by --help.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
CLI::Validator real_number(const std::string& expected, bool (*accepts)(double));

/// What number options are called in --help, by which a configuration file tells them from texts.
inline constexpr const char* whole_type = "UINT";
inline constexpr const char* integer_type = "INT";
inline constexpr const char* real_type = "FLOAT";

/// An option whose whole number, `least` to `most`, goes into `value` (which must outlive `command`).
template <class T>
CLI::Option* add_whole(CLI::App& command, const std::string& name, T& value, const std::string& help,
                       std::uint64_t least = 0,
                       std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  const auto store = [&value](const std::string& text) { value = static_cast<T>(*parse_whole_number(text)); };
  return command.add_option_function<std::string>(name, store, help)
      ->check(whole_number(least, most))
      ->type_name(whole_type);
}

/// An option for the id of a token, which may be negative where it stands for none: a whole number of 32
/// bits.
CLI::Option* add_token_id(CLI::App& command, const std::string& name, std::optional<std::int32_t>& value,
                          const std::string& help);

/// The same for a real number that `check`, a real_number(), accepts.
CLI::Option* add_real(CLI::App& command, const std::string& name, double& value, const std::string& help,
                      const CLI::Validator& check);

/// Comma lists of these.
CLI::Option* add_whole_list(CLI::App& command, const std::string& name, std::vector<std::size_t>& values,
                            const std::string& help, std::uint64_t least);
CLI::Option* add_real_list(CLI::App& command, const std::string& name, std::vector<double>& values,
                           const std::string& help, const CLI::Validator& check);

}  // namespace tmm::apps
