// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace tmm::python {

/// winding_number and the other numbers of one operator, with the classes of their results.
void bind_numbers(pybind11::module_& module);

}  // namespace tmm::python
