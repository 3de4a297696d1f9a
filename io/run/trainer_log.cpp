// SPDX-License-Identifier: MIT
#include "io/run/trainer_log.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string_view>
#include <utility>

#include "io/files/input_file.hpp"
#include "io/files/memory_limit.hpp"
#include "io/json/json_cursor.hpp"
#include "io/json/json_document.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20U;
constexpr std::size_t most_columns = 64;

/// Python's json module writes NaN, Infinity and -Infinity bare. Outside of strings these become null.
std::string without_bare_words(const std::string& text) {
  constexpr std::array<std::string_view, 3> words{"-Infinity", "Infinity", "NaN"};
  std::string result;
  result.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    std::size_t taken = 1;
    if (quoted && text[i] == '\\') {
      taken = std::min<std::size_t>(2, rest.size());
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      for (const std::string_view word : words)
        if (rest.starts_with(word)) {
          result += "null";
          taken = 0;
          i += word.size();
          break;
        }
    }
    result.append(text, i, taken);
    i += taken;
  }
  return result;
}

/// The column of a member of an entry; empty for what is no measure of training.
std::string column_of(const std::string& member) {
  if (member == "loss") return "train_loss";
  if (member == "eval_loss") return "validation_loss";
  if (member == "learning_rate") return "learning_rate";
  if (member == "grad_norm") return "gradient_norm";
  if (member.size() > 10 && member.size() < 100 && member.starts_with("eval_") && member.ends_with("_loss"))
    return "validation_loss_" + member.substr(5, member.size() - 10);
  return "";
}

/// The state of a trainer in `folder`, if there is one.
std::optional<TrainerLog> log_in(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "trainer_state.json").string();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return read_trainer_log(path);
}

std::uint64_t last_step(const TrainerLog& log) {
  std::uint64_t last = 0;
  for (const auto& [name, values] : log.columns)
    if (!values.empty()) last = std::max(last, values.rbegin()->first);
  return last;
}

}  // namespace

TrainerLog read_trainer_log(const std::string& path) {
  const InputFile file(path);
  if (file.size() > most_bytes)
    throw FormatError("too large for the state of a trainer",
                      {path, "", "at most 64 MiB", std::to_string(file.size()) + " bytes", ""});
  require_memory(file.size() * (json_document_factor + 2), path);
  const auto document = parse_json_document(without_bare_words(file.read(0, file.size())), path);
  file.require_unchanged();
  TrainerLog log{path, {}};
  const JsonCursor root(path, document);
  const JsonCursor history = root["log_history"];
  history.each([&](const JsonCursor& entry) {
    const JsonCursor step_field = entry["step"];
    const auto step = step_field.integer<std::uint64_t>();
    entry.each_member([&](const std::string& member, const JsonCursor& value) {
      const std::string column = column_of(member);
      if (column.empty()) return;
      if (!log.columns.contains(column) && log.columns.size() == most_columns)
        throw FormatError("too many kinds of losses", {path, value.path(), "at most 64", "", ""});
      const double number = value.number_or(std::numeric_limits<double>::quiet_NaN());
      log.columns[column][step] = number;  // of a step that was trained twice, what came last
    });
  });
  return log;
}

std::optional<TrainerLog> find_trainer_log(const CheckpointFolder& folder) {
  std::optional<TrainerLog> own = log_in(folder.path), newest;
  for (auto step = folder.steps.rbegin(); step != folder.steps.rend() && !newest; ++step)
    newest = log_in((std::filesystem::path(folder.path) / step->entry).string());
  if (!own || (newest && last_step(*newest) > last_step(*own))) return newest;
  return own;
}

}  // namespace tmm::io
