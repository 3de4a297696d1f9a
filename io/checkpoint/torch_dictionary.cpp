// SPDX-License-Identifier: MIT
#include "io/checkpoint/torch_dictionary.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "io/hdf5/attribute.hpp"
#include "io/json/json_text.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io::torch {
namespace {

using pickle::Document;
using pickle::Id;
using pickle::Kind;
using pickle::Value;

constexpr int deepest = 8;                  // dictionary in a dictionary
constexpr std::size_t most_visited = 1000;  // dictionaries of dictionaries
constexpr std::size_t most_listed = 8;      // in a message

constexpr std::array settings{"config", "model_args", "hparams", "hyper_parameters"};

const char* const save_advice =
    "Save its state dictionary, in Python: torch.save(model.state_dict(), \"model.pt\")";

/// A dictionary with tensors.
struct Candidate {
  std::string place;
  std::vector<Tensor> tensors;
  std::vector<DatasetInfo> unreadable;
  std::vector<std::pair<Id, Id>> others;
};

/// Whether one of these dictionaries is at `name`, a key at the top, or inside of what is there.
bool leads_to_one(const std::vector<Candidate>& candidates, const std::string& name) {
  return std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    return candidate.place == name || candidate.place.starts_with(name + ".");
  });
}

class Finder {
 public:
  Finder(const Document& document, const std::string& file) : document_(document), file_(file) {}

  Contents find() {
    if (auto lone = tensor_of(document_, document_.root, file_, "tensor"))
      return {"", {std::move(*lone)}, {}, {}, {}};
    visit(document_.root, "", 0);
    if (candidates_.empty()) refuse();
    Contents contents;
    const bool is_one = candidates_.size() == 1;
    if (is_one) contents.place = candidates_.front().place;
    for (Candidate& candidate : candidates_) {
      const std::string prefix = is_one || candidate.place.empty() ? "" : candidate.place + ".";
      for (Tensor& tensor : candidate.tensors) {
        tensor.info.path = prefix + tensor.info.path;
        contents.tensors.push_back(std::move(tensor));
      }
      for (DatasetInfo& info : candidate.unreadable) {
        info.path = prefix + info.path;
        contents.unreadable.push_back(std::move(info));
      }
      if (!candidate.place.empty()) keep(contents, candidate.others, prefix);
    }
    keep_top(contents);
    return contents;
  }

 private:
  const Value& at(Id id) const { return document_.at(id); }

  std::string key_of(Id id) const {
    const std::string_view text = at(id).text;
    if (text.size() > maximum_name)
      throw FormatError("name is too long", {file_, model::printable(std::string(text.substr(0, 80))),
                                             "at most 1024 bytes", "", ""});
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
      throw FormatError("name is no text", {file_, as_utf8(text), "UTF-8 without NUL", "", ""});
    return std::string(text);
  }

  /// The tensors of one dictionary, and the dictionaries in it.
  void visit(Id id, const std::string& place, int depth) {
    std::vector<std::pair<Id, Id>> items;
    if (depth > deepest || visited_.size() > most_visited || visited_.contains(id) ||
        !document_.items(id, items))
      return;
    visited_.insert(id);
    Candidate candidate{place, {}, {}, {}};
    bool has_weights = false;
    std::set<std::string> names;
    for (const auto& [key, value] : items) {
      if (at(key).kind != Kind::text) continue;
      const std::string name = key_of(key);
      auto tensor = tensor_of(document_, value, file_, name);
      if (!tensor && !is_rebuilt(value)) {
        candidate.others.emplace_back(key, value);
        visit(value, place.empty() ? name : place + "." + name, depth + 1);
        continue;
      }
      if (!names.insert(name).second)
        throw FormatError("two tensors have one name", {file_, name, "", "", ""});
      if (++tensors_ > maximum_datasets)
        throw FormatError("too many tensors", {file_, "", "at most 100000", "", ""});
      if (!tensor) {
        candidate.unreadable.push_back({name, {}, Element::other, 0, document_.describe(value)});
        continue;
      }
      has_weights = has_weights || (is_float(tensor->info.element) && !tensor->info.shape.empty());
      candidate.tensors.push_back(std::move(*tensor));
    }
    if (has_weights) candidates_.push_back(std::move(candidate));
  }

  /// Whether it is a tensor of some kind: made by a function torch…._rebuild….
  bool is_rebuilt(Id id) const {
    const Value& value = at(id);
    if (value.kind != Kind::call) return false;
    const Value& callee = at(value.parts[0]);
    return callee.kind == Kind::global && callee.text.starts_with("torch.") &&
           callee.name.starts_with("_rebuild");
  }

  [[noreturn]] void refuse() const {
    const Value& root = at(document_.root);
    std::vector<std::pair<Id, Id>> items;
    std::string found = document_.describe(document_.root), hint = save_advice;
    if (document_.items(document_.root, items)) {
      found = "a dictionary of";
      std::size_t listed = 0;
      for (const auto& [key, value] : items) {
        if (at(key).kind != Kind::text || listed == most_listed) continue;
        found += (listed++ == 0 ? " " : ", ") + model::printable(as_utf8(at(key).text.substr(0, 80)));
      }
      if (listed == 0) found = "a dictionary";
      if (has(items, "state") && has(items, "param_groups"))
        found = "the state of an optimiser", hint = "Name the file of the network beside it";
      for (const auto& [key, value] : items)
        if (at(value).kind == Kind::call && at(value).state != pickle::no_value)
          hint =
              "If " + model::printable(as_utf8(at(key).text.substr(0, 80))) + " is a module: " + save_advice;
    } else if (root.kind == Kind::call && root.state != pickle::no_value) {
      throw FormatError("a whole module has been pickled, not its weights",
                        {file_, "", "a state dictionary", found, hint});
    }
    throw FormatError("holds no dictionary of tensors", {file_, "", "a state dictionary", found, hint});
  }
  bool has(const std::vector<std::pair<Id, Id>>& items, std::string_view name) const {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) {
      return at(item.first).kind == Kind::text && at(item.first).text == name;
    });
  }

  /// Plain values as text, as attributes of HDF5 are.
  std::pair<bool, std::string> text_of(Id id) const {
    const Value& value = at(id);
    switch (value.kind) {
      case Kind::none:
        return {true, "None"};
      case Kind::boolean:
        return {true, value.integer != 0 ? "TRUE" : "FALSE"};
      case Kind::integer:
        return {true, std::to_string(value.integer)};
      case Kind::real:
        return {true, format_shortest(value.real)};
      case Kind::text:
        return {is_utf8(value.text) && value.state == pickle::no_value, std::string(value.text)};
      default:
        return {false, ""};
    }
  }

  void keep(Contents& contents, const std::vector<std::pair<Id, Id>>& items,
            const std::string& prefix) const {
    std::size_t bytes = 0;
    for (const auto& [key, value] : items) {
      if (at(key).kind != Kind::text) continue;
      const std::string name = prefix + key_of(key);
      auto [plain, text] = text_of(value);
      bytes += text.size();
      const bool fits = bytes <= maximum_attribute_bytes && contents.attributes.size() < maximum_attributes;
      if (plain && fits && contents.attributes.try_emplace(name, std::move(text)).second) continue;
      if (contents.lost.size() < maximum_attributes)
        contents.lost.push_back(
            {"value " + name + " (" + (is_rebuilt(value) ? "a tensor" : document_.describe(value)) + ")",
             ""});
    }
  }

  /// What stands at the top beside the dictionaries of tensors.
  void keep_top(Contents& contents) const {
    std::vector<std::pair<Id, Id>> items, beside, inner;
    if (!document_.items(document_.root, items)) return;
    const bool has_tensors = std::any_of(candidates_.begin(), candidates_.end(),
                                         [](const Candidate& candidate) { return candidate.place.empty(); });
    for (const auto& [key, value] : items) {
      if (at(key).kind != Kind::text || (has_tensors && is_rebuilt(value))) continue;
      const std::string name = key_of(key);
      if (leads_to_one(candidates_, name)) continue;
      const bool is_setting = std::find(settings.begin(), settings.end(), name) != settings.end();
      if (is_setting && document_.items(value, inner))
        keep(contents, inner, name + ".");
      else
        beside.emplace_back(key, value);
    }
    keep(contents, beside, "");
  }

  const Document& document_;
  const std::string& file_;
  std::set<Id> visited_;
  std::vector<Candidate> candidates_;
  std::size_t tensors_ = 0;
};

}  // namespace

Contents find_state(const Document& document, const std::string& file) {
  return Finder(document, file).find();
}

}  // namespace tmm::io::torch
