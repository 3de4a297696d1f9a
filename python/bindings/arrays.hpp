// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "io/checkpoint/memory_checkpoint.hpp"

namespace tmm::python {

namespace py = pybind11;

/// `x` as a numpy array of real numbers, without a copy wherever numpy needs none: arrays of any byte order
/// and layout, sequences of numbers, anything with __array__ or the buffer protocol, and tensors that have
/// detach() and cpu(), bfloat16 as float32. `what` names it in errors. Throws ArgumentError, saying what it
/// is, for everything else: text, objects, complex and boolean arrays, masked values, integers and floats
/// that float64 does not hold.
py::array real_array(py::handle x, const std::string& what);

/// The numbers of a real_array, row-major, exactly. Throws ArgumentError for integers that float64 does not
/// hold.
std::vector<double> doubles_of(const py::array& array, const std::string& what);

/// Taps w_0 … w_{n−1} of a Toeplitz operator from an array of shape (n) or (1, n), copied once, exactly.
/// Throws ArgumentError for other shapes, no taps, and one that is not finite.
std::vector<double> taps_of(py::handle x);

/// A numpy array over memory that lives elsewhere, and longer.
py::array array_over(const py::dtype& type, const std::vector<py::ssize_t>& shape, void* memory);

/// What the elements of an array or tensor are called: "float32", "bfloat16"; "" of what has no dtype.
std::string element_name(py::handle x);

/// An object of Python that any thread may let go.
using Held = std::shared_ptr<py::object>;
Held hold(py::object object);

/// The arrays of a network: of an object with state_dict() (a torch.nn.Module), or of a mapping of names to
/// arrays, in which further mappings may be nested ("state_dict", "model"). An array is read only when it is
/// asked for, and then copied once; it may be destroyed by any thread. What is no array is listed as
/// something to be ignored. Throws ArgumentError for anything else.
std::vector<io::MemoryArray> memory_arrays(py::handle network);

}  // namespace tmm::python
