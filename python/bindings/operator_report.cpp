// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "analysis/statistics/summary.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/operator_remarks.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "python/bindings/reports.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;
using analysis::OperatorReport;

/// A read-only view of numbers that live as long as the operator does.
py::array_t<double> view(const py::object& owner, const std::vector<double>& values) {
  py::array_t<double> array(static_cast<py::ssize_t>(values.size()), values.data(), owner);
  array.attr("flags").attr("writeable") = false;
  return array;
}

py::dict as_dict(const std::vector<analysis::NamedMeasure>& measures) {
  py::dict all;
  for (const auto& [id, measure] : measures) all[py::str(id)] = measure;
  return all;
}

analysis::Measure measure_of(const OperatorOfReport& self, const std::string& id) {
  const analysis::Measure* measure = self.get().find(id);
  if (measure != nullptr) return *measure;
  std::string known;
  for (const auto& m : self.get().measures) known += (known.empty() ? "" : ", ") + m.id;
  throw py::key_error(fmt::format("no measure {}: there are {}", model::printable(id), known));
}

py::list sections_of(const OperatorOfReport& self) {
  py::list sections;
  for (const analysis::Section& section : self.get().sections)
    sections.append(py::make_tuple(section.length, as_dict(section.measures)));
  return sections;
}

py::dict null_of(const OperatorOfReport& self) {
  py::dict all;
  for (const analysis::NullComparison& c : self.get().null) {
    py::dict one;
    one["draws"] = c.draws;
    one["mean"] = c.mean;
    one["deviation"] = c.deviation;
    one["z_score"] = c.z_score ? py::object(py::float_(*c.z_score)) : py::none();
    one["rank"] = c.rank;
    all[py::str(c.id)] = one;
  }
  return all;
}

constexpr const char* documentation = R"(One causal operator of an analysis.

``op["winding_number"]`` is a `Measure`; ``op.measures`` holds all of them by name (docs/measures.md).

Attributes
----------
name, label : str
    Name of its tensor; short name within its model, such as "3", "3.h0", "enc.1".
file : str
    Its checkpoint; empty for arrays in memory.
part, block, head, row, stage
    Where it stands in the network; None where that does not apply.
n : int
    Order of the finite section T_n.
kind : str
    "toeplitz", or "dense" for a causal matrix without a symbol.
dtype : str
    Storage type of its weights.
taps : numpy.ndarray
    w_0 ... w_(n-1), float64, read-only, shape (n,); (T x)_t = sum over s <= t of w_(t-s) x_s.
winding : Winding
    Winding number of the symbol, with its certificate.
verdict : str
    "invertible" (N = 0), "nearly invertible" (N/(n-1) < 0.1), "not invertible", "not Fredholm",
    "undecided", "dense".
singular_values : SingularValues or None
    None where they were not computed.
zeros : Zeros or None
pseudospectra : Plane or None
    None unless it was asked for.
measures : dict of str to Measure
sections : list of (int, dict of str to Measure)
    Of the leading sections T_m that were asked for.
null_model : dict of str to dict
    Where each measure stands among freshly initialised layers: draws, mean, deviation, z_score, rank.
warnings, remarks : list of str
    Failed cross-checks; how taps were derived.
)";

}  // namespace

void bind_operator_report(py::module_& module) {
  const auto layer = [](const OperatorOfReport& o) -> const model::LayerOperator& { return o.get().layer; };
  py::class_<OperatorOfReport>(module, "Operator", documentation)
      .def_property_readonly("name", [layer](const OperatorOfReport& o) { return layer(o).name; })
      .def_property_readonly("label",
                             [layer](const OperatorOfReport& o) { return model::layer_label(layer(o)); })
      .def_property_readonly("file", [](const OperatorOfReport& o) { return o.of().file; })
      .def_property_readonly("part", [layer](const OperatorOfReport& o) { return layer(o).part; })
      .def_property_readonly("block", [layer](const OperatorOfReport& o) { return layer(o).block; })
      .def_property_readonly("head", [layer](const OperatorOfReport& o) { return layer(o).head; })
      .def_property_readonly("row", [layer](const OperatorOfReport& o) { return layer(o).row; })
      .def_property_readonly("stage", [layer](const OperatorOfReport& o) { return layer(o).stage; })
      .def_property_readonly("n", [layer](const OperatorOfReport& o) { return model::order(layer(o)); })
      .def_property_readonly("kind",
                             [layer](const OperatorOfReport& o) {
                               return layer(o).kind == model::OperatorKind::toeplitz ? "toeplitz" : "dense";
                             })
      .def_property_readonly("dtype",
                             [layer](const OperatorOfReport& o) { return std::string(name(layer(o).dtype)); })
      .def_property_readonly("taps",
                             [](const py::object& self) {
                               return view(self, self.cast<const OperatorOfReport&>().get().layer.taps);
                             })
      .def_property_readonly("winding", [](const OperatorOfReport& o) { return o.get().winding; })
      .def_property_readonly(
          "verdict", [](const OperatorOfReport& o) { return std::string(name(analysis::verdict(o.get()))); })
      .def_property_readonly("singular_values", [](const OperatorOfReport& o) { return o.get().spectrum; })
      .def_property_readonly("zeros", [](const OperatorOfReport& o) { return o.get().zeros; })
      .def_property_readonly("pseudospectra", [](const OperatorOfReport& o) { return o.get().plane; })
      .def_property_readonly("measures", [](const OperatorOfReport& o) { return as_dict(o.get().measures); })
      .def_property_readonly("sections", sections_of)
      .def_property_readonly("null_model", null_of)
      .def_property_readonly("warnings", [](const OperatorOfReport& o) { return o.get().warnings; })
      .def_property_readonly("remarks",
                             [layer](const OperatorOfReport& o) { return io::operator_remarks(layer(o)); })
      .def(
          "text",
          [](const OperatorOfReport& o, const std::string& id) {
            return io::format_measure(measure_of(o, id), io::measure_style(id));
          },
          py::arg("measure"),
          "The measure as the program's table prints it: cut at its error, a bound rounded to its safe side.")
      .def("__getitem__", measure_of, py::arg("measure"))
      .def("__contains__",
           [](const OperatorOfReport& o, const std::string& id) { return o.get().find(id) != nullptr; })
      .def("__repr__", [layer](const OperatorOfReport& o) {
        return fmt::format("<Operator {} ({}), n = {}: {}>", model::layer_label(layer(o)),
                           model::printable(layer(o).name), model::order(layer(o)),
                           name(analysis::verdict(o.get())));
      });
}

}  // namespace tmm::python
