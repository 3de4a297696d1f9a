// SPDX-License-Identifier: MIT
#include "io/report/checkpoint_report.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::io {
namespace {

using model::Architecture, model::printable;

constexpr std::size_t columns = 80;
constexpr std::size_t label_columns = 18;
constexpr std::size_t listed = 8;  // entries of a list before it is cut

/// "label   text", wrapped at spaces.
void append_row(std::string& table, std::string_view label, std::string_view text) {
  std::string start = fmt::format("{:<{}}", label, label_columns);
  if (label.size() >= label_columns) start += ' ';
  // The label stands in the first line as one piece with the first word.
  const std::string lines =
      wrap(std::string(start.size(), '_') + std::string(text), columns, label_columns, LongWords::keep);
  table += start + lines.substr(start.size());
}

std::string bytes_in_words(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  if (bytes < 10'000'000) return fmt::format("{:.1f} kB", value / 1e3);
  if (bytes < 10'000'000'000) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string list(const std::vector<std::string>& names, std::string_view none) {
  if (names.empty()) return std::string(none);
  std::string text;
  for (std::size_t i = 0; i < std::min(listed, names.size()); ++i)
    text += (i > 0 ? ", " : "") + printable(names[i]);
  if (names.size() > listed) text += fmt::format(", and {} more", names.size() - listed);
  return text;
}

std::map<std::string_view, std::size_t> count_dtypes(const CheckpointHeader& header) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& tensor : header.tensors) ++counts[model::name(tensor.dtype)];
  return counts;
}

std::string dtypes_in_words(const CheckpointHeader& header) {
  std::string text;
  const auto counts = count_dtypes(header);
  for (const auto& [dtype, count] : counts)
    text += (text.empty() ? "" : ", ") + std::string(dtype) +
            (counts.size() > 1 ? fmt::format(" ({} tensors)", count) : "");
  return text;
}

void append_sizes(std::string& table, const Architecture& a) {
  const auto size = [&](const char* label, std::size_t value) {
    if (value != 0) append_row(table, label, std::to_string(value));
  };
  size("context n", a.context);
  size("embedding d", a.embedding);
  size("vocabulary v", a.vocabulary);
  std::string blocks = std::to_string(a.blocks());
  if (a.parts.size() > 1)
    for (const auto& part : a.parts)
      blocks += fmt::format("{}{} {}", &part == &a.parts.front() ? ": " : ", ", part.blocks, part.prefix);
  append_row(table, "blocks L", blocks);
  if (a.heads > 1 || a.mixing == model::TokenMixing::parallel_heads ||
      a.mixing == model::TokenMixing::attention)
    size("heads H", a.heads);
  size("averages M", a.form.averages);
  if (a.mixing == model::TokenMixing::kernel) size("kernel rows k", a.kernel_rows);
  if (a.hidden != 0 && a.embedding != 0)
    append_row(table, "expansion",
               fmt::format("{:.4g} ({} hidden channels)",
                           static_cast<double>(a.hidden) / static_cast<double>(a.embedding), a.hidden));
  size("bottleneck", a.bottleneck);
  if (a.tied) append_row(table, "embeddings", "tied: one array serves input and output");
}

/// Which wrappers were taken off the names, where there were any.
void append_names(std::string& table, const CheckpointHeader& header) {
  std::vector<std::string> taken(header.wrappers.begin(), header.wrappers.end());
  if (!header.container.empty()) taken.push_back(header.container);
  if (!taken.empty())
    append_row(table, taken.size() == 1 ? "wrapper" : "wrappers", list(taken, "") + ", taken off the names");
}

std::size_t tensors_of_copies(const Architecture& a) {
  std::size_t count = 0;
  for (const model::NetworkCopy& copy : a.copies) count += copy.tensors;
  return count;
}

/// Members that only a file which needs them has.
void add_exceptions(nlohmann::json& report, const CheckpointHeader& header, const Architecture& a) {
  if (a.family != tmm_name) report["family"] = a.family;
  if (!a.notes.empty()) report["notes"] = a.notes;
  if (!header.wrappers.empty()) report["wrappers"] = header.wrappers;
  if (!header.taken.empty()) report["taken"] = header.taken;
  if (const auto texts = remarks(header); !texts.empty()) report["remarks"] = texts;
  if (!header.container.empty()) report["container"] = header.container;
  for (const model::NetworkCopy& copy : a.copies)
    report["copies"].push_back({{"prefix", copy.prefix}, {"tensors", copy.tensors}});
  for (const model::Contradiction& c : a.contradictions)
    report["contradictions"].push_back({{"tensor", c.tensor}, {"meaning", c.meaning}});
}

/// Whole configurations may stand in an attribute; JSON has all of them.
std::string shortened(const std::string& text) {
  constexpr std::size_t most = 200;
  return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

nlohmann::json size_or_null(std::size_t value) {
  return value == 0 ? nlohmann::json(nullptr) : nlohmann::json(value);
}

}  // namespace

std::string info_table(const CheckpointHeader& header, const Architecture& a) {
  std::string table;
  append_row(table, "file", printable(header.path));
  if (!header.taken.empty()) append_row(table, "taken", "of the folder: " + printable(header.taken));
  append_row(table, "format", header.format + ", " + bytes_in_words(header.file_size));
  for (const auto& [attribute, value] : header.attributes)
    append_row(table, printable(attribute), printable(shortened(value)));
  append_names(table, header);
  if (a.family != tmm_name) append_row(table, "family", a.family);
  append_row(table, "network",
             fmt::format("{}, {} token mixing", model::name(a.network), model::name(a.mixing)));
  append_sizes(table, a);
  append_row(
      table, "parameters",
      fmt::format("{} stored in {} tensors, {}", grouped(a.parameters),
                  header.tensors.size() - a.unknown.size() - tensors_of_copies(a), dtypes_in_words(header)));
  if (a.mixing == model::TokenMixing::attention && a.operators + a.dense_operators == 0)
    append_row(table, "Toeplitz", "no operators: what is applied over time depends on the input");
  else if (a.operators != 0 || a.dense_operators == 0)
    append_row(
        table, "Toeplitz",
        fmt::format("{} operator{} of length {}", a.operators, a.operators == 1 ? "" : "s", a.context));
  if (a.dense_operators != 0)
    append_row(table, "dense",
               fmt::format("{} causal matri{} of ({}, {}), not Toeplitz", a.dense_operators,
                           a.dense_operators == 1 ? "x" : "ces", a.context, a.context));
  append_row(table, "missing", list(a.missing, "nothing: a forward pass can run"));
  if (!a.unknown.empty()) append_row(table, "unknown", list(a.unknown, ""));
  for (const model::NetworkCopy& copy : a.copies)
    append_row(table, "copy",
               fmt::format("\"{}\" ({} tensors): not used, the blocks at the top are", printable(copy.prefix),
                           copy.tensors));
  if (!header.copy_remark.empty()) append_row(table, "copy", header.copy_remark);
  if (!a.contradictions.empty())
    append_row(table, "contradiction",
               "the stored weights are not the operators that the network applies. " +
                   model::describe(a.contradictions) +
                   ". Other commands refuse this file unless --assume-toeplitz is given");
  std::vector<std::string> ignored;
  for (const auto& dataset : header.ignored) ignored.push_back(dataset.name + " (" + dataset.type + ")");
  if (!ignored.empty()) append_row(table, "ignored", list(ignored, ""));
  for (const std::string& note : a.notes) append_row(table, "note", printable(note));
  return table;
}

std::string info_json(const CheckpointHeader& header, const Architecture& a) {
  using nlohmann::json;
  json parts = json::array(), ignored = json::array(), dtypes = json::object();
  for (const auto& part : a.parts) parts.push_back({{"name", part.prefix}, {"blocks", part.blocks}});
  for (const auto& dataset : header.ignored)
    ignored.push_back({{"name", dataset.name}, {"type", dataset.type}});
  for (const auto& [dtype, count] : count_dtypes(header)) dtypes[std::string(dtype)] = count;
  json report = {
      {"schema_version", 1},
      {"file", header.path},
      {"format", header.format},
      {"file_size", header.file_size},
      {"attributes", header.attributes},
      {"network", model::name(a.network)},
      {"token_mixing", model::name(a.mixing)},
      {"parts", parts},
      {"sizes",
       {{"context", a.context},
        {"embedding", size_or_null(a.embedding)},
        {"vocabulary", size_or_null(a.vocabulary)},
        {"blocks", a.blocks()},
        {"heads", a.heads},
        {"kernel_rows", a.kernel_rows},
        {"hidden", size_or_null(a.hidden)},
        {"bottleneck", size_or_null(a.bottleneck)}}},
      {"tied", a.tied},
      {"parameters", a.parameters},
      {"toeplitz_operators", a.operators},
      {"toeplitz_weights", model::toeplitz_weight_names(header.tensors)},
      {"dtypes", dtypes},
      {"missing", a.missing},
      {"unknown", a.unknown},
      {"ignored", ignored},
  };
  if (a.dense_operators != 0) report["dense_operators"] = a.dense_operators;
  add_exceptions(report, header, a);
  // Names in a file need not be UTF-8; JSON must be.
  return report.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string architecture_line(const Architecture& a, const std::string& container) {
  std::string line = a.family == tmm_name ? "" : std::string(a.family) + ": ";
  line += fmt::format("{}, {} token mixing, {} block{}", model::name(a.network), model::name(a.mixing),
                      a.blocks(), a.blocks() == 1 ? "" : "s");
  if (a.heads > 1) line += fmt::format(", H = {}", a.heads);
  if (a.kernel_rows > 1) line += fmt::format(", k = {}", a.kernel_rows);
  line += fmt::format(", n = {}", a.context);
  if (a.embedding != 0) line += fmt::format(", d = {}", a.embedding);
  if (!container.empty()) line += ", names below \"" + printable(container) + "\"";
  return line;
}

}  // namespace tmm::io
