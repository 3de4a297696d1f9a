// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace tmm::python {

/// The functions behind tmm/_numbers.py and the classes of their results.
void bind_measure(pybind11::module_& module);   ///< Measure
void bind_winding(pybind11::module_& module);   ///< winding_number, winding_numbers
void bind_spectrum(pybind11::module_& module);  ///< singular_values
void bind_symbol(pybind11::module_& module);    ///< symbol, zeros, jensen_defect
void bind_plane(pybind11::module_& module);     ///< pseudospectra
void bind_polygon(pybind11::module_& module);   ///< symbol_curve
void bind_repair(pybind11::module_& module);    ///< repair

/// The class behind tmm/_operator.py.
void bind_operator(pybind11::module_& module);

}  // namespace tmm::python
