// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "model/checkpoint/layer_operator.hpp"

namespace tmm::model {

/// Short name of an operator, unique within its checkpoint: block number, head, kernel row, stage.
/// "3", "3.h0" (head 0), "3.r1" (kernel row 1), "3.T2" (second stage of an expanded layer); blocks of an
/// autoencoder are "enc.3" and "dec.3". An operator of no known part keeps its full name.
std::string layer_label(const LayerOperator& layer);

}  // namespace tmm::model
