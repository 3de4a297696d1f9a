// SPDX-License-Identifier: MIT
#include "io/tokens/continuations.hpp"

#include <string_view>

#include "io/files/input_file.hpp"
#include "io/files/memory_limit.hpp"
#include "io/json/json_cursor.hpp"
#include "io/json/json_document.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

std::vector<std::int32_t> read_ids(const JsonCursor& list, std::size_t vocabulary) {
  std::vector<std::int32_t> ids;
  list.each([&](const JsonCursor& element) {
    const auto id = element.integer<std::int64_t>();
    if (id < 0 || static_cast<std::uint64_t>(id) >= vocabulary)
      element.fail("a token from 0 to " + std::to_string(vocabulary - 1));
    ids.push_back(static_cast<std::int32_t>(id));
  });
  if (ids.empty()) list.fail("at least one token");
  return ids;
}

model::Continuation read_line(const std::string& text, const std::string& place,
                              const model::Architecture& a) {
  const auto json = parse_json_document(text, place);
  const JsonCursor root(place, json);
  model::Continuation request;
  const JsonCursor context = root["context"], continuation = root["continuation"];
  request.context = read_ids(context, a.vocabulary);
  request.continuation = read_ids(continuation, a.vocabulary);
  const std::size_t length = request.context.size() + request.continuation.size();
  if (length > a.context + 1)
    throw FormatError("context and continuation are longer than the network's context",
                      {place, "", "at most " + std::to_string(a.context + 1) + " tokens together",
                       std::to_string(length), ""});
  return request;
}

}  // namespace

Continuations read_continuations(const std::string& path, const model::Architecture& architecture) {
  const InputFile file(path);
  require_memory(file.size() * (json_document_factor + 2), path);
  const std::string text = file.read(0, file.size());
  Continuations found;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (one.find_first_not_of(" \t\r") == std::string::npos) continue;
    found.requests.push_back(read_line(one, path + ": line " + std::to_string(line), architecture));
    found.lines.push_back(line);
  }
  if (found.requests.empty())
    throw FormatError("no requests",
                      {path, "", R"({"context": [...], "continuation": [...]} on each line)", "", ""});
  return found;
}

}  // namespace tmm::io
