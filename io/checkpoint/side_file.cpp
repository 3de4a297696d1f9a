// SPDX-License-Identifier: MIT
#include "io/checkpoint/side_file.hpp"

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "io/files/input_file.hpp"
#include "io/json/json_document.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t largest = 1U << 20U;  // bytes; a configuration is a few kilobytes

/// The document of a file, if it is there and an object.
std::optional<Json> read_object(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  const InputFile file(path);
  if (file.size() > largest) return std::nullopt;
  try {
    Json json = parse_json_document(file.read(0, file.size()), path);
    return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
  } catch (const FormatError&) {
    return std::nullopt;
  }
}

void answer(const Json& object, const char* key, const std::string& path,
            std::optional<model::Answer<bool>>& question) {
  const auto member = object.find(key);
  if (question || member == object.end()) return;
  if (!member->is_boolean())
    throw FormatError("neither true nor false",
                      {path, key, "true or false", member->dump().substr(0, 40), ""});
  question = model::Answer<bool>{member->get<bool>(),
                                 fs::path(path).filename().string() + " beside the file (" + key + ")"};
}

/// The same of an attribute of the file, where it is true or false.
void answer(const CheckpointHeader& header, const std::string& name,
            std::optional<model::Answer<bool>>& question) {
  const auto attribute = header.attributes.find(name);
  if (question || attribute == header.attributes.end()) return;
  if (attribute->second == "true" || attribute->second == "false")
    question = model::Answer<bool>{attribute->second == "true", "the attribute \"" + name + "\" of the file"};
}

/// A whole number of at least 1; 0 for any other text.
std::size_t context_of(const std::string& text) {
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end == text.data() + text.size() && n <= largest ? n : 0;
}

}  // namespace

model::Assumptions with_answers_beside(model::Assumptions given, const CheckpointHeader& header) {
  const std::string& path = header.path;
  if (const auto attribute = header.attributes.find("context");
      !given.context && attribute != header.attributes.end())
    if (const std::size_t n = context_of(attribute->second))
      given.context = model::Answer<std::size_t>{n, "the attribute \"context\" of the file"};
  answer(header, "clm_encoder", given.clm_encoder);
  answer(header, "mean_normalised", given.mean_normalised);
  std::error_code ignored;
  const fs::path folder = fs::is_directory(path, ignored) ? fs::path(path) : fs::path(path).parent_path();
  for (const char* name : {"metrics.json", "config.json"}) {
    const std::string file = (folder / name).string();
    const auto json = read_object(file);
    if (!json) continue;
    const auto nested = json->find("config");
    for (const Json* object : {&*json, nested != json->end() ? &*nested : nullptr}) {
      if (object == nullptr || !object->is_object()) continue;
      answer(*object, "do_toep_mean", file, given.mean_normalised);
      answer(*object, "clm_encoder", file, given.clm_encoder);
      answer(*object, "unroll", file, given.unroll);
    }
  }
  return given;
}

}  // namespace tmm::io
