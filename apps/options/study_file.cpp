// SPDX-License-Identifier: MIT
#include "apps/options/study_file.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "apps/options/number_option.hpp"
#include "apps/options/train_options.hpp"
#include "apps/options/training_toml.hpp"
#include "io/files/input_file.hpp"
#include "io/json/json_text.hpp"
#include "io/run/data_path.hpp"
#include "model/base/error.hpp"

namespace tmm::apps {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 20U;

/// A value of an axis: what it is called, and the options that it sets.
struct Choice {
  std::string word, value;  // io::SweepAxis
  std::vector<TomlOption> options;
};

struct Axis {
  std::string name;
  const toml::node* place;
  std::vector<Choice> choices;
};

/// Keys and values of a table in the order of the file.
std::vector<TomlOption> in_order(const toml::table& table) {
  std::vector<TomlOption> entries;
  for (const auto& [key, value] : table) entries.push_back({std::string(key.str()), &value});
  std::ranges::stable_sort(entries, {}, [](const TomlOption& entry) {
    const auto& begin = entry.value->source().begin;
    return std::pair(begin.line, begin.column);
  });
  return entries;
}

/// An option's value on an axis.
Choice choice_of(const CLI::Option& option, const std::vector<std::string>& texts, const TomlOption& value) {
  const std::string type = option.get_type_name(), key = key_of(option);
  if (option.get_expected_min() == 0)
    return {texts.front() == "true" ? key : "no-" + key, texts.front(), {value}};
  std::string word;
  for (const std::string& text : texts)
    word += (word.empty() ? "" : "+") +
            (type.starts_with("FILE") ? std::filesystem::path(text).stem().string() : text);
  const bool number =
      type.starts_with(whole_type) || type.starts_with(integer_type) || type.starts_with(real_type);
  if (number) return {io::name_word(key + "-" + word), word, {value}};
  return {io::name_word(word), io::name_word(word), {value}};
}

/// KEY = VALUE on a line, a table between braces.
void write_entry(std::ostream& text, const TomlOption& entry) {
  toml::table alone;
  alone.insert(entry.key, *entry.value);
  if (auto* table = alone.begin()->second.as_table()) table->is_inline(true);
  text << alone << '\n';
}

/// A key as the header of a table has it.
std::string header(const std::string& key) {
  const bool bare = std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  return bare && !key.empty() ? key : io::json_string(key);
}

class StudyReader {
 public:
  StudyReader(toml::table study, std::string source) : table_(std::move(study)), source_(std::move(source)) {
    known_.set_help_flag();
    add_training_options(known_, unused_);
    std::vector<Axis> lists;
    for (const TomlOption& entry : in_order(table_)) {
      if (const auto* table = entry.value->as_table()) {
        axes_.push_back(table_axis(entry, *table));
        continue;
      }
      const CLI::Option& option = training_option(known_, source_, entry);
      if (const auto* list = axis_list(option, *entry.value))
        lists.push_back(list_axis(option, entry, *list));
      else
        common_.push_back(entry);
    }
    std::ranges::move(lists, std::back_inserter(axes_));
    if (axes_.empty())
      throw FormatError("a study needs an axis: an option with a list of values, or a table",
                        {source_, "", "such as seed = [1, 2, 3]", "", "tmm train --config trains one run"});
    require_options_of_one_axis();
  }

  [[nodiscard]] io::Sweep sweep() const {
    io::Sweep sweep;
    sweep.source = source_;
    for (const Axis& axis : axes_) {
      sweep.axes.push_back({axis.name, {}, {}});
      for (const Choice& choice : axis.choices) {
        sweep.axes.back().words.push_back(choice.word);
        sweep.axes.back().values.push_back(choice.value);
      }
    }
    for (auto& values : io::combinations(sweep.axes, source_)) {
      io::SweepRun run = make_run(values);
      run.name = io::run_name(sweep.axes, values);
      run.values = std::move(values);
      sweep.runs.push_back(std::move(run));
    }
    return sweep;
  }

  /// The study with paths of data seen from `folder`.
  std::string record(const std::string& folder) {
    move_paths(table_, folder);
    std::ostringstream text;
    for (const TomlOption& entry : in_order(table_))
      if (!entry.value->is_table()) write_entry(text, entry);
    for (const TomlOption& entry : in_order(table_)) {
      if (!entry.value->is_table()) continue;
      text << "\n[" << header(entry.key) << "]\n";
      for (const TomlOption& choice : in_order(*entry.value->as_table())) write_entry(text, choice);
    }
    return text.str();
  }

 private:
  /// The list that makes an axis of an option; null where the value is one value.
  static const toml::array* axis_list(const CLI::Option& option, const toml::node& value) {
    const auto* list = value.as_array();
    if (list == nullptr || option.get_expected_max() <= 1) return list;
    return !list->empty() && list->front().is_array() ? list : nullptr;
  }

  [[nodiscard]] Axis list_axis(const CLI::Option& option, const TomlOption& entry,
                               const toml::array& list) const {
    Axis axis{key_of(option), entry.value, {}};
    for (const toml::node& element : list) {
      const TomlOption value{entry.key, &element};
      axis.choices.push_back(choice_of(option, option_texts(option, source_, value), value));
    }
    return checked(std::move(axis));
  }

  Axis table_axis(const TomlOption& entry, const toml::table& table) {
    if (known_.get_option_no_throw("--" + entry.key) != nullptr)
      refuse_toml(source_, entry.key, *entry.value, "an axis with the name of an option",
                  "Name the table otherwise, or give the option a list");
    Axis axis{entry.key, entry.value, {}};
    for (const TomlOption& choice : in_order(table)) {
      const auto* options = choice.value->as_table();
      if (options == nullptr)
        refuse_toml(source_, entry.key + "." + choice.key, *choice.value,
                    "a table is an axis: for each value NAME = { OPTION = VALUE, … } is expected", "");
      axis.choices.push_back({io::name_word(choice.key), io::name_word(choice.key), in_order(*options)});
      for (const TomlOption& option : axis.choices.back().options)
        if (axis_list(training_option(known_, source_, option), *option.value) != nullptr)
          refuse_toml(source_, option.key, *option.value, "an axis within an axis",
                      "Give the option a list at the top of the file");
    }
    return checked(std::move(axis));
  }

  [[nodiscard]] Axis checked(Axis axis) const {
    if (axis.choices.empty())
      refuse_toml(source_, axis.name, *axis.place, "an axis without values", "Give it one or more");
    std::set<std::string> words;
    for (const Choice& choice : axis.choices)
      if (!words.insert(choice.word).second)
        refuse_toml(source_, axis.name, *axis.place,
                    fmt::format("two values of this axis are called \"{}\"", choice.word),
                    "A table [AXIS] gives values names of your own");
    return axis;
  }

  void require_options_of_one_axis() {
    std::map<std::string, const Axis*> owners;
    for (const Axis& axis : axes_)
      for (const Choice& choice : axis.choices)
        for (const TomlOption& option : choice.options) {
          const std::string key = key_of(training_option(known_, source_, option));
          const auto [owner, fresh] = owners.emplace(key, &axis);
          if (!fresh && owner->second != &axis)
            refuse_toml(source_, option.key, *option.value,
                        fmt::format("an option of two axes, {} and {}", owner->second->name, axis.name), "");
        }
  }

  [[nodiscard]] io::SweepRun make_run(const std::vector<std::size_t>& values) const {
    io::SweepRun run;
    CLI::App reader;
    reader.set_help_flag();
    add_training_options(reader, run.config);
    std::map<std::string, TomlOption> chosen;  // of an option; later ones go before earlier ones
    const auto take = [&](const TomlOption& option) {
      chosen.insert_or_assign(key_of(training_option(reader, source_, option)), option);
    };
    for (const TomlOption& option : common_) take(option);
    for (std::size_t k = 0; k < axes_.size(); ++k)
      for (const TomlOption& option : axes_[k].choices[values[k]].options) take(option);
    for (const auto& [key, given] : chosen) {
      CLI::Option& option = training_option(reader, source_, given);
      for (const std::string& text : option_texts(option, source_, given)) option.add_result(text);
    }
    finish_training_options(reader, run.config, source_, nullptr);
    for (const auto& [key, given] : chosen) {
      const std::vector<std::string> texts = key == "text"      ? run.config.text
                                             : key == "tokens"  ? std::vector{run.config.tokens}
                                             : key == "encoder" ? std::vector{run.config.encoder}
                                                                : reader.get_option("--" + key)->results();
      for (const std::string& text : texts) run.options.push_back(fmt::format("--{}={}", key, text));
    }
    return run;
  }

  void move_path(toml::node& node, const std::string& folder) const {
    const std::string own = std::filesystem::path(source_).parent_path().string();
    if (auto* text = node.as_string())
      *text = io::path_from(folder, io::path_in(own, text->get()));
    else if (auto* list = node.as_array())
      for (toml::node& element : *list) move_path(element, folder);
  }

  void move_paths(toml::table& table, const std::string& folder) const {
    for (auto&& [key, value] : table) {
      if (auto* inner = value.as_table())
        move_paths(*inner, folder);
      else if (key == "text" || key == "tokens" || key == "encoder")
        move_path(value, folder);
    }
  }

  toml::table table_;
  std::string source_;
  io::TrainingConfig unused_;
  CLI::App known_;  // every option
  std::vector<TomlOption> common_;
  std::vector<Axis> axes_;
};

}  // namespace

io::Sweep read_study(const std::string& path, const std::string& folder) {
  const io::InputFile file(path);
  if (file.size() > most_bytes)
    throw FormatError("too large for a study", {path, "", "1 MiB at most", "", ""});
  StudyReader reader(parse_toml(file.read(0, file.size()), path), path);
  io::Sweep sweep = reader.sweep();
  io::check_sweep(sweep);
  sweep.record = reader.record(folder);
  return sweep;
}

}  // namespace tmm::apps
