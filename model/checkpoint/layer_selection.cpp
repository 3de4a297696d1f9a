// SPDX-License-Identifier: MIT
#include "model/checkpoint/layer_selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::model {
namespace {

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-')) return std::nullopt;
  return number;
}

std::string describe_layers(std::span<const LayerOperator> layers) {
  constexpr std::size_t shown = 32;
  std::string list;
  for (std::size_t i = 0; i < std::min(shown, layers.size()); ++i)
    list += "\n  " + printable(layer_label(layers[i])) + "  " + printable(layers[i].name);
  if (layers.size() > shown) list += "\n  and " + std::to_string(layers.size() - shown) + " more";
  return list;
}

}  // namespace

LayerSelection::LayerSelection(std::string_view text) {
  for (bool more = !text.empty(); more;) {
    const std::size_t comma = text.find(',');
    items_.push_back(parse_item(std::string(text.substr(0, comma))));
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
}

LayerSelection::Item LayerSelection::parse_item(std::string text) {
  if (text.empty())
    throw ArgumentError("empty item in a list of layers", {"", "", "3, 2-5 or a glob", "", ""});
  if (const auto number = parse_number(text)) return {std::move(text), *number, *number};
  const std::size_t dash = text.find('-');
  if (dash != std::string::npos) {
    const auto first = parse_number(std::string_view(text).substr(0, dash));
    const auto last = parse_number(std::string_view(text).substr(dash + 1));
    if (first && last && *first > *last)
      throw ArgumentError("a range of layers runs backwards",
                          {"", "", std::to_string(*last) + "-" + std::to_string(*first), text, ""});
    if (first && last) return {std::move(text), *first, *last};
  }
  return {std::move(text), -1, -1};
}

bool LayerSelection::names_blocks() const {
  return std::ranges::any_of(items_, [](const Item& item) { return item.first >= 0; });
}

bool LayerSelection::matches(const Item& item, const LayerOperator& layer) {
  if (item.first >= 0) return item.first <= layer.block && layer.block <= item.last;
  const std::string label = layer_label(layer);
  // A kernel row's name ends in "[row]", which a glob would read as a set of characters: names match as such.
  return item.text == layer.name || item.text == label ||
         ::fnmatch(item.text.c_str(), layer.name.c_str(), 0) == 0 ||
         ::fnmatch(item.text.c_str(), label.c_str(), 0) == 0;
}

bool LayerSelection::chooses(const LayerOperator& layer) const {
  return all() || std::ranges::any_of(items_, [&](const Item& item) { return matches(item, layer); });
}

std::vector<LayerOperator> LayerSelection::select(std::span<const LayerOperator> layers,
                                                  const std::string& source) const {
  if (all()) return {layers.begin(), layers.end()};
  std::vector<bool> chosen(layers.size());
  for (const Item& item : items_) {
    bool any = false;
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (matches(item, layers[i])) chosen[i] = any = true;
    if (!any)
      throw FormatError("no layer matches \"" + printable(item.text) + "\"",
                        {source, "", "a block number, a range or a glob", describe_layers(layers), ""});
  }
  std::vector<LayerOperator> selected;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (chosen[i]) selected.push_back(layers[i]);
  return selected;
}

}  // namespace tmm::model
