// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include "python/bindings/errors.hpp"
#include "python/bindings/numbers.hpp"

PYBIND11_MODULE(_tmm, module) {
  module.doc() = "Operator theory of trained Toeplitz layers: the C++ side of the package tmm.";
  module.attr("__version__") = TMM_VERSION;
  tmm::python::translate_errors();
  tmm::python::bind_numbers(module);
}
