// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace tmm::python {

/// From now on a tmm::Error of the libraries is raised as the class of tmm/_errors.py that has its name, with
/// the parts of its message as attributes. Memory that runs out is MemoryError.
void translate_errors();

}  // namespace tmm::python
