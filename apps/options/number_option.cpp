// SPDX-License-Identifier: MIT
#include "apps/options/number_option.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <functional>
#include <system_error>

#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

bool only_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string refusal(const std::string& kind, const std::string& expected, const std::string& text) {
  return fmt::format("expected {}{}{}, found \"{}\"", kind, expected.empty() ? "" : ", ", expected,
                     model::printable(text));
}

/// Options that take several values, separated by commas alone: the word after them is another argument.
template <class T, class Parse>
CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<T>& values,
                      const std::string& help, const CLI::Validator& check, Parse parse) {
  const auto store = [&values, parse](const std::vector<std::string>& texts) {
    values.clear();
    for (const std::string& text : texts) values.push_back(static_cast<T>(*parse(text)));
  };
  return command.add_option_function<std::vector<std::string>>(name, store, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(check);
}

}  // namespace

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  std::uint64_t value = 0;
  if (!only_digits(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<double> parse_real_number(std::string_view text) {
  double value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc{} && end == last && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const bool open = most == std::numeric_limits<std::uint64_t>::max();
  const std::string range = !open       ? fmt::format("{} to {}", least, most)
                            : least > 0 ? fmt::format("{} or more", least)
                                        : std::string();
  const auto check = [least, most, range](std::string& text) {
    const auto value = parse_whole_number(text);
    if (value && *value >= least && *value <= most) return std::string();
    if (!value && only_digits(text))
      return fmt::format("{} is too large, the most is {}", text.substr(0, 40), most);
    return refusal("a whole number", range, text);
  };
  return {check, range};
}

CLI::Validator real_number(const std::string& expected, bool (*accepts)(double)) {
  const auto check = [expected, accepts](std::string& text) {
    const auto value = parse_real_number(text);
    return value && accepts(*value) ? std::string() : refusal("a finite decimal number", expected, text);
  };
  return {check, expected};
}

CLI::Option* add_token_id(CLI::App& command, const std::string& name, std::optional<std::int32_t>& value,
                          const std::string& help) {
  constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
  const auto parse = [](std::string_view text) -> std::optional<std::int32_t> {
    const bool negative = text.starts_with('-');
    const auto digits = parse_whole_number(text.substr(negative ? 1 : 0));
    if (!digits || *digits > most) return std::nullopt;
    return static_cast<std::int32_t>(negative ? -static_cast<std::int64_t>(*digits)
                                              : static_cast<std::int64_t>(*digits));
  };
  const auto store = [&value, parse](const std::string& text) { value = parse(text); };
  return command.add_option_function<std::string>(name, store, help)
      ->check([parse](const std::string& text) {
        return parse(text) ? std::string() : refusal("the id of a token", "a whole number", text);
      })
      ->type_name(integer_type);
}

CLI::Option* add_real(CLI::App& command, const std::string& name, double& value, const std::string& help,
                      const CLI::Validator& check) {
  const auto store = [&value](const std::string& text) { value = *parse_real_number(text); };
  return command.add_option_function<std::string>(name, store, help)->check(check)->type_name(real_type);
}

CLI::Option* add_whole_list(CLI::App& command, const std::string& name, std::vector<std::size_t>& values,
                            const std::string& help, std::uint64_t least) {
  const auto check = whole_number(least, std::numeric_limits<std::uint64_t>::max());
  return add_list(command, name, values, help, check, parse_whole_number)->type_name(whole_type);
}

CLI::Option* add_real_list(CLI::App& command, const std::string& name, std::vector<double>& values,
                           const std::string& help, const CLI::Validator& check) {
  return add_list(command, name, values, help, check, parse_real_number)->type_name(real_type);
}

}  // namespace tmm::apps
