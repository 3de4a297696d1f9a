// SPDX-License-Identifier: MIT
#pragma once

#include "model/checkpoint/architecture.hpp"

namespace tmm::model {

/// Numbers that training changes: `parameters` without what is stored but fixed, the zeros above the
/// diagonals of dense matrices and rotary frequencies.
std::size_t trained_parameters(const Architecture& architecture);

}  // namespace tmm::model
