// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include "python/bindings/errors.hpp"
#include "python/bindings/numbers.hpp"
#include "python/bindings/reports.hpp"

PYBIND11_MODULE(_tmm, module) {
  using namespace tmm::python;
  module.doc() = "Operator theory of trained Toeplitz layers: the C++ side of the package tmm.";
  module.attr("__version__") = TMM_VERSION;
  translate_errors();
  bind_measure(module);
  bind_winding(module);
  bind_spectrum(module);
  bind_symbol(module);
  bind_plane(module);
  bind_polygon(module);
  bind_repair(module);
  bind_operator(module);
  bind_operator_report(module);
  bind_report(module);
  bind_comparison(module);
  bind_analyze(module);
  bind_jacobian(module);
}
