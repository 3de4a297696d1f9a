// SPDX-License-Identifier: MIT
#include "model/checkpoint/layer_label.hpp"

namespace tmm::model {

std::string layer_label(const LayerOperator& layer) {
  std::string label;
  if (layer.part == "encoderblocks")
    label = "enc.";
  else if (layer.part == "decoderblocks")
    label = "dec.";
  else if (layer.part != "mixer_blocks" && layer.part != "blocks")
    return layer.name;
  label += std::to_string(layer.block);
  if (layer.head) label += ".h" + std::to_string(*layer.head);
  if (layer.row) label += ".r" + std::to_string(*layer.row);
  if (layer.stage) label += ".T" + std::to_string(*layer.stage + 1);
  return label;
}

}  // namespace tmm::model
