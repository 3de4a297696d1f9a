// SPDX-License-Identifier: MIT
#include "io/json/json_document.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t maximum_depth = 32;
constexpr std::size_t maximum_members = 4096;

/// Watches a document while it is parsed.
class Guard {
 public:
  explicit Guard(const std::string& file) : file_(file) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    const auto level = static_cast<std::size_t>(depth);
    if (level > maximum_depth) throw FormatError("nested too deeply", {file_, "", "", "", ""});
    if (event == Event::object_start) {
      if (keys_.size() <= level + 1) keys_.resize(level + 2);
      keys_[level + 1].clear();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      std::set<std::string>& seen = keys_.at(level);
      if (!seen.insert(key).second)
        throw FormatError("a key stands twice", {file_, key.substr(0, 80), "", "", ""});
      if (seen.size() > maximum_members)
        throw FormatError("an object has too many members", {file_, key.substr(0, 80), "", "", ""});
    }
    return true;
  }

 private:
  const std::string& file_;
  std::vector<std::set<std::string>> keys_;  // of the open objects, by depth
};

std::string inside(const std::string& place, const std::string& rest) {
  return rest.empty() || rest.front() == '[' ? place + rest : place + "." + rest;
}

/// "" if equal, "." if this very place differs, else the path below.
std::string difference(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    for (const auto& [key, value] : a.items()) {
      const auto other = b.find(key);
      const std::string below = other == b.end() ? "." : difference(value, other.value());
      if (!below.empty()) return below == "." ? key.substr(0, 80) : inside(key.substr(0, 80), below);
    }
    for (const auto& [key, value] : b.items())
      if (!a.contains(key)) return key;
    return "";
  }
  if (a.is_array() && b.is_array()) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const std::string below = difference(a[i], b[i]), place = "[" + std::to_string(i) + "]";
      if (!below.empty()) return below == "." ? place : inside(place, below);
    }
    return a.size() == b.size() ? "" : ".";
  }
  return a == b ? "" : ".";
}

}  // namespace

nlohmann::ordered_json parse_json_document(const std::string& text, const std::string& file) {
  Guard guard(file);
  try {
    return Json::parse(text, [&guard](int depth, Json::parse_event_t event, const Json& parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const nlohmann::json::exception& e) {
    const std::string reason = e.what();
    const auto colon = reason.find("] ");
    throw FormatError("not JSON: " + (colon == std::string::npos ? reason : reason.substr(colon + 2, 200)),
                      {file, "", "", "", ""});
  }
}

std::string first_difference(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b) {
  return difference(a, b);
}

}  // namespace tmm::io
