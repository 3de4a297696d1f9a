// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace tmm::io {

/// A place in a JSON document of a stranger, for the .cpp files of this folder. Every access says what it
/// wants; anything else is a FormatError with the file and the path of the place
/// ("models[0].operators[2].n").
class JsonCursor {
 public:
  using Json = nlohmann::ordered_json;

  /// The root. `file` and `json` outlive the cursor and all that come from it.
  JsonCursor(const std::string& file, const Json& json) : file_(&file), json_(&json) {}

  [[nodiscard]] bool is_null() const { return json_->is_null(); }
  [[nodiscard]] bool has(std::string_view key) const {
    return json_->is_object() && json_->contains(std::string(key));
  }

  /// Member of an object. It points back to this cursor, so this one must have a name.
  [[nodiscard]] JsonCursor operator[](std::string_view key) const& {
    if (!json_->is_object()) fail("an object");
    const auto found = json_->find(std::string(key));
    if (found == json_->end())
      throw FormatError("a field is missing", {*file_, path(), std::string(key), "", ""});
    return {*this, found.value(), std::string(key), 0};
  }
  JsonCursor operator[](std::string_view key) const&& = delete;

  /// Calls take(element) for each element of an array.
  template <class Take>
  void each(const Take& take) const {
    if (!json_->is_array()) fail("an array");
    for (std::size_t i = 0; i < json_->size(); ++i) take(JsonCursor(*this, (*json_)[i], {}, i));
  }

  /// Calls take(name, value) for each member of an object, in the order of the file.
  template <class Take>
  void each_member(const Take& take) const {
    if (!json_->is_object()) fail("an object");
    for (const auto& [key, value] : json_->items()) take(key, JsonCursor(*this, value, key, 0));
  }

  [[nodiscard]] std::size_t size() const { return json_->size(); }

  [[nodiscard]] const std::string& text() const {
    if (!json_->is_string()) fail("text");
    return json_->get_ref<const std::string&>();
  }

  [[nodiscard]] bool boolean() const {
    if (!json_->is_boolean()) fail("true or false");
    return json_->get<bool>();
  }

  [[nodiscard]] double number() const {
    if (!json_->is_number()) fail("a number");
    return json_->get<double>();
  }

  /// `otherwise` for null, which stands for what JSON cannot hold.
  [[nodiscard]] double number_or(double otherwise) const { return is_null() ? otherwise : number(); }

  template <std::integral Integer>
  [[nodiscard]] Integer integer() const {
    if (json_->is_number_unsigned() && std::in_range<Integer>(json_->get<std::uint64_t>()))
      return static_cast<Integer>(json_->get<std::uint64_t>());
    if (json_->is_number_integer() && !json_->is_number_unsigned() &&
        std::in_range<Integer>(json_->get<std::int64_t>()))
      return static_cast<Integer>(json_->get<std::int64_t>());
    fail("a whole number in the range of this field");
  }

  /// The value among `all` whose name(value) is the text here.
  template <class Enum>
  [[nodiscard]] Enum one_of(std::initializer_list<Enum> all) const {
    const std::string& found = text();
    std::string list;
    for (const Enum value : all) {
      if (name(value) == found) return value;
      list += (list.empty() ? "" : ", ") + std::string(name(value));
    }
    fail(list);
  }

  /// Throws FormatError: `expected` was not found here.
  [[noreturn]] void fail(const std::string& expected) const {
    std::string found = json_->dump(-1, ' ', false, Json::error_handler_t::replace);
    if (json_->is_structured()) found = json_->is_array() ? "an array" : "an object";
    if (found.size() > 60) found = found.substr(0, 57) + "...";
    throw FormatError("unexpected value", {*file_, path(), expected, found, ""});
  }

  [[nodiscard]] std::string path() const {
    if (parent_ == nullptr) return "";
    const std::string above = parent_->path();
    if (key_.empty()) return above + "[" + std::to_string(index_) + "]";
    return (above.empty() ? "" : above + ".") + key_.substr(0, 80);
  }

 private:
  JsonCursor(const JsonCursor& parent, const Json& json, std::string key, std::size_t index)
      : file_(parent.file_), json_(&json), parent_(&parent), key_(std::move(key)), index_(index) {}

  const std::string* file_;
  const Json* json_;
  const JsonCursor* parent_ = nullptr;  // lives on the stack of the caller
  std::string key_;
  std::size_t index_ = 0;
};

}  // namespace tmm::io
