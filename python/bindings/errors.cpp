// SPDX-License-Identifier: MIT
#include "python/bindings/errors.hpp"

#include <exception>

#include "model/base/error.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;

/// Text of files need not be UTF-8: what is not is kept as surrogates, as Python does with paths.
py::str text(const std::string& bytes) {
  return py::reinterpret_steal<py::str>(
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape"));
}

void raise(const char* name, const Error& error) {
  const py::object kind = py::module_::import("tmm._errors").attr(name);
  const ErrorContext& context = error.context();
  const py::object raised =
      kind(text(error.what()), py::arg("file") = text(context.file),
           py::arg("tensor") = text(context.dataset), py::arg("expected") = text(context.expected),
           py::arg("found") = text(context.found), py::arg("hint") = text(context.hint));
  PyErr_SetObject(kind.ptr(), raised.ptr());
}

void translate(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const FileError& error) {
    raise("FileError", error);
  } catch (const FormatError& error) {
    raise("FormatError", error);
  } catch (const ArgumentError& error) {
    raise("ArgumentError", error);
  } catch (const Error& error) {
    raise("Error", error);
  }
}

}  // namespace

void translate_errors() {
  py::register_local_exception_translator(translate);
}

}  // namespace tmm::python
