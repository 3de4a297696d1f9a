// SPDX-License-Identifier: MIT
#include "io/checkpoint/safetensors_json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "io/hdf5/dataset_info.hpp"
#include "model/base/error.hpp"

namespace tmm::io::safetensors {
namespace {

/// Events of nlohmann's parser, which checks grammar and UTF-8 and keeps no tree. Derived classes say what
/// may come; anything else is refused here. Keys arrive with escapes resolved, so "a" and "\u0061" are one.
class StrictHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit StrictHandler(const std::string& file) : file_(file) {}

  bool null() override { return refuse("null"); }
  bool boolean(bool) override { return refuse("true or false"); }
  bool number_integer(number_integer_t) override { return refuse("a negative number"); }
  bool number_unsigned(number_unsigned_t) override { return refuse("a number"); }
  bool number_float(number_float_t, const string_t& text) override { return refuse(text.substr(0, 40)); }
  bool string(string_t&) override { return refuse("a string"); }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool start_object(std::size_t) override { return refuse("an object"); }
  bool start_array(std::size_t) override { return refuse("an array"); }
  bool end_object() override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    const std::string reason = e.what();
    const auto colon = reason.find(": ");
    throw FormatError(
        "header is not JSON: " + (colon == std::string::npos ? reason : reason.substr(colon + 2)),
        {file_, "", "", "byte " + std::to_string(position), ""});
  }

 protected:
  [[noreturn]] bool refuse(const std::string& found,
                           const std::string& what = "unexpected value in the header",
                           const std::string& expected = "") const {
    throw FormatError(what, {file_, where(), expected, found, ""});
  }
  [[nodiscard]] virtual std::string where() const { return ""; }
  void require_new(std::set<std::string>& keys, const std::string& key) const {
    if (!keys.insert(key).second) refuse(key.substr(0, 80), "a key stands twice in the header");
    if (keys.size() > maximum_datasets) refuse("more", "too many keys", "at most 100000");
  }

 private:
  const std::string& file_;
};

class HeaderHandler final : public StrictHandler {
 public:
  using StrictHandler::StrictHandler;
  RawHeader take() { return std::move(header_); }

  /// In place of the metadata it means that there is none, as to the reference implementation.
  bool null() override {
    if (state_ != State::metadata) refuse("null");
    state_ = State::names;
    return true;
  }

  bool start_object(std::size_t) override {
    if (state_ == State::start)
      state_ = State::names;
    else if (state_ == State::tensor)
      state_ = State::fields;
    else if (state_ == State::metadata)
      state_ = State::metadata_keys;
    else
      refuse("an object");
    return true;
  }

  bool key(string_t& key) override {
    if (state_ == State::names) {
      require_new(names_, key);
      name_ = key;
      fields_.clear();
      state_ = key == "__metadata__" ? State::metadata : State::tensor;
      if (state_ == State::tensor) header_.entries.push_back({key, {}, {}, 0, 0});
    } else if (state_ == State::metadata_keys) {
      require_new(metadata_keys_, key);
      metadata_key_ = key;
    } else {
      require_new(fields_, key);
      state_ = key == "dtype"          ? State::dtype
               : key == "shape"        ? State::shape
               : key == "data_offsets" ? State::offsets
                                       : throw_unknown(key);
    }
    return true;
  }

  bool end_object() override {
    if (state_ == State::fields && fields_.size() != 3)
      refuse(std::to_string(fields_.size()) + " of them", "a field is missing", "dtype, shape, data_offsets");
    state_ = state_ == State::names ? State::end : State::names;
    return true;
  }

  bool string(string_t& text) override {
    if (state_ == State::metadata_keys) {
      header_.metadata[metadata_key_] = text;
    } else if (state_ == State::dtype) {
      header_.entries.back().dtype = text.substr(0, 40);
      state_ = State::fields;
    } else {
      refuse("a string");
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (in_array_ || (state_ != State::shape && state_ != State::offsets)) refuse("an array");
    in_array_ = true;
    numbers_.clear();
    return true;
  }

  bool number_unsigned(number_unsigned_t number) override {
    if (!in_array_) refuse("a number");
    const std::size_t most = state_ == State::shape ? maximum_rank : 2;
    if (numbers_.size() == most)
      refuse("more", state_ == State::shape ? "wrong number of dimensions" : "wrong number of offsets",
             "at most " + std::to_string(most));
    numbers_.push_back(number);
    return true;
  }

  bool end_array() override {
    in_array_ = false;
    if (state_ == State::shape) {
      header_.entries.back().shape = numbers_;
    } else {
      if (numbers_.size() != 2) refuse(std::to_string(numbers_.size()), "wrong number of offsets", "2");
      header_.entries.back().begin = numbers_[0];
      header_.entries.back().end = numbers_[1];
    }
    state_ = State::fields;
    return true;
  }

 private:
  enum class State { start, names, metadata, metadata_keys, tensor, fields, dtype, shape, offsets, end };

  [[noreturn]] State throw_unknown(const std::string& key) const {
    refuse(key.substr(0, 80), "unknown field", "dtype, shape, data_offsets");
  }
  [[nodiscard]] std::string where() const override { return name_.substr(0, 80); }

  RawHeader header_;
  State state_ = State::start;
  bool in_array_ = false;
  std::string name_, metadata_key_;
  std::set<std::string> names_, metadata_keys_, fields_;
  std::vector<std::uint64_t> numbers_;
};

/// Only depth and the weight_map matter; all else is passed over.
class IndexHandler final : public StrictHandler {
 public:
  using StrictHandler::StrictHandler;
  Index take() {
    if (!found_) refuse("none", "not the index of a sharded checkpoint", "an object \"weight_map\"");
    return std::move(index_);
  }

  bool null() override { return scalar("null"); }
  bool boolean(bool) override { return scalar("true or false"); }
  bool number_integer(number_integer_t) override { return scalar("a number"); }
  bool number_unsigned(number_unsigned_t) override { return scalar("a number"); }
  bool number_float(number_float_t, const string_t&) override { return scalar("a number"); }
  bool string(string_t& text) override {
    if (in_map() && depth_ == 2)
      index_.files[key_] = text.substr(0, 4096);
    else
      return scalar("a string");
    return true;
  }
  bool start_object(std::size_t) override { return open("an object"); }
  bool start_array(std::size_t) override { return open("an array"); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    if (depth_ == 1) {
      require_new(sections_, key);
      section_ = key;
    } else if (depth_ == 2 && in_map()) {
      require_new(names_, key);
      key_ = key;
    } else if (depth_ == 2 && section_ == "metadata" && index_.metadata.size() < maximum_names) {
      index_.metadata.push_back(key);
    }
    return true;
  }

 private:
  [[nodiscard]] bool in_map() const { return section_ == "weight_map"; }
  bool scalar(const std::string& what) const {
    if (depth_ == 0 || in_map()) refuse(what, "unexpected value in the index", "names of files");
    return true;
  }
  bool open(const std::string& what) {
    if ((depth_ == 0 || (depth_ == 1 && in_map())) && what != "an object") refuse(what);
    if (depth_ >= 2 && in_map()) refuse(what, "unexpected value in the index", "names of files");
    if (depth_ == 1 && in_map()) found_ = true;
    if (++depth_ > 16) refuse(what, "index is nested too deeply");
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }
  [[nodiscard]] std::string where() const override { return key_.substr(0, 80); }

  static constexpr std::size_t maximum_names = 1000;  // of metadata
  Index index_;
  std::set<std::string> sections_, names_;
  std::string section_, key_;
  int depth_ = 0;
  bool found_ = false;
};

template <class Handler>
auto parse(const std::string& json, const std::string& file) {
  Handler handler(file);
  nlohmann::json::sax_parse(json, &handler);
  return handler.take();
}

}  // namespace

RawHeader parse_header(const std::string& json, const std::string& file) {
  return parse<HeaderHandler>(json, file);
}

Index parse_index(const std::string& json, const std::string& file) {
  return parse<IndexHandler>(json, file);
}

}  // namespace tmm::io::safetensors
