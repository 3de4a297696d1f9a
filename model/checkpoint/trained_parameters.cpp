// SPDX-License-Identifier: MIT
#include "model/checkpoint/trained_parameters.hpp"

namespace tmm::model {

std::size_t trained_parameters(const Architecture& a) {
  std::size_t fixed = a.dense_operators * (a.context * (a.context - 1) / 2);
  if (a.mixing == TokenMixing::attention) fixed += a.blocks() * (a.embedding / a.heads / 2);
  return a.parameters - fixed;
}

}  // namespace tmm::model
