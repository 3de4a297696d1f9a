// SPDX-License-Identifier: MIT
#include "apps/options/training_toml.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "apps/options/number_option.hpp"
#include "apps/options/train_options.hpp"
#include "io/run/data_path.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::apps {
namespace {

/// Integers of TOML end at 2^63 − 1, which has 19 digits: larger seeds stand between quotes.
constexpr std::size_t digits_of_large_integers = 19;

/// Older runs wrote large seeds without quotes: with them.
std::string with_quoted_seed(std::string toml) {
  const std::string key = "\nseed = ";
  const std::size_t start = toml.find(key);
  if (start == std::string::npos) return toml;
  const std::size_t first = start + key.size();
  const std::size_t end = std::min(toml.find_first_not_of("0123456789", first), toml.size());
  if (end - first < digits_of_large_integers || toml[first] == '0') return toml;
  if (end < toml.size() && toml[end] != '\n') return toml;
  toml.insert(end, 1, '"');
  return toml.insert(first, 1, '"');
}

/// One value as the text that its option takes.
std::string option_text(const std::string& source, const std::string& key, const toml::node& value,
                        const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const bool whole = type.starts_with(whole_type) || type.starts_with(integer_type),
             real = type.starts_with(real_type);
  if (option.get_expected_min() == 0) {  // a flag
    if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
    refuse_toml(source, key, value, "true or false is expected");
  }
  if (const auto* number = value.as_integer(); number != nullptr && (whole || real)) {
    if (number->flags() != toml::value_flags::none)
      refuse_toml(source, key, value, "a decimal number is expected");
    return std::to_string(number->get());
  }
  if (const auto* number = value.as_floating_point(); number != nullptr && real)
    return fmt::format("{}", number->get());
  if (const auto* text = value.as_string(); text != nullptr && !real)
    if (!whole || text->get().size() >= digits_of_large_integers) return text->get();
  if (value.is_array()) refuse_toml(source, key, value, "several values");
  refuse_toml(source, key, value,
              whole  ? "a whole number is expected"
              : real ? "a number is expected"
                     : "text is expected");
}

}  // namespace

toml::table parse_toml(const std::string& toml, const std::string& source) {
  try {
    return toml::parse(toml);
  } catch (const toml::parse_error& e) {
    if (const std::string quoted = with_quoted_seed(toml); quoted != toml) return parse_toml(quoted, source);
    throw FormatError("not TOML: " + model::printable(e.description()),
                      {source, fmt::format("line {}", e.source().begin.line), "", "", ""});
  }
}

void refuse_toml(const std::string& source, const std::string& key, const toml::node& value,
                 const std::string& what, const std::string& hint) {
  throw FormatError(
      what,
      {source, fmt::format("line {}: {}", value.source().begin.line, model::printable(key)), "", "", hint});
}

std::string key_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

CLI::Option& training_option(CLI::App& reader, const std::string& source, const TomlOption& option) {
  CLI::Option* found = reader.get_option_no_throw("--" + option.key);
  if (found == nullptr || key_of(*found).empty())
    refuse_toml(source, option.key, *option.value, "unknown key");
  return *found;
}

std::vector<std::string> option_texts(const CLI::Option& option, const std::string& source,
                                      const TomlOption& given) {
  const auto* list = given.value->as_array();
  if (list == nullptr || option.get_expected_max() <= 1)
    return {option_text(source, given.key, *given.value, option)};
  std::vector<std::string> texts;
  for (const toml::node& element : *list) texts.push_back(option_text(source, given.key, element, option));
  return texts;
}

void finish_training_options(CLI::App& reader, io::TrainingConfig& config, const std::string& source,
                             const CLI::App* command) {
  try {
    for (CLI::Option* option : reader.get_options())
      if (option->count() > 0) option->run_callback();
  } catch (const CLI::ParseError& e) {
    throw FormatError(std::string("not a configuration of a training run: ") + e.what(),
                      {source, "", "", "", ""});
  }
  const std::string folder = std::filesystem::path(source).parent_path().string();
  if (command == nullptr || !given(*command, "--text"))
    for (std::string& path : config.text) path = io::path_in(folder, path);
  if (command == nullptr || !given(*command, "--tokens")) config.tokens = io::path_in(folder, config.tokens);
  if (command == nullptr || !given(*command, "--encoder"))
    config.encoder = io::path_in(folder, config.encoder);
}

}  // namespace tmm::apps
