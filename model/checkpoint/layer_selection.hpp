// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/layer_operator.hpp"

namespace tmm::model {

/// Chooses operators by a comma-separated list. Every item is one of
///   3      a block number (all heads, rows and stages of the block; both halves of an autoencoder)
///   2-5    a range of block numbers, ends included
///   glob   over tensor names and labels, whole name: "encoderblocks.*", "*.mixer_heads.0.*", "dec.?", "3.h*"
/// The empty list means all.
class LayerSelection {
 public:
  LayerSelection() = default;
  /// Throws ArgumentError for an empty item or a range that runs backwards.
  explicit LayerSelection(std::string_view text);

  [[nodiscard]] bool all() const { return items_.empty(); }
  /// Whether an item is a number or a range, which operators without blocks do not have.
  [[nodiscard]] bool names_blocks() const;
  /// Whether an item matches this operator; true of every one for the empty list.
  [[nodiscard]] bool chooses(const LayerOperator& layer) const;
  /// The chosen operators in their order. Throws FormatError naming `source`, the item that matches nothing,
  /// and what is there.
  [[nodiscard]] std::vector<LayerOperator> select(std::span<const LayerOperator> layers,
                                                  const std::string& source) const;

 private:
  struct Item {
    std::string text;  // as given
    int first = -1;    // block range; -1 for a glob
    int last = -1;
  };
  static Item parse_item(std::string text);
  static bool matches(const Item& item, const LayerOperator& layer);

  std::vector<Item> items_;
};

}  // namespace tmm::model
