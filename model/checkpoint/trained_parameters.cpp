// SPDX-License-Identifier: MIT
#include "model/checkpoint/trained_parameters.hpp"

namespace tmm::model {

std::size_t trained_parameters(const Architecture& a) {
  std::size_t fixed = a.dense_operators * (a.context * (a.context - 1) / 2);
  for (const BlockList& part : a.parts)
    if (a.mixing == TokenMixing::attention && !has_own_blocks(a, part.prefix))
      fixed += part.blocks * (a.embedding / a.heads / 2);
  return a.parameters - fixed;
}

}  // namespace tmm::model
