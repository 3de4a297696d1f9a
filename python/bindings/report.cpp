// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "io/checkpoint/output_file.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/volume/report_page.hpp"
#include "io/result/read_report.hpp"
#include "io/result/result_store.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "python/bindings/reports.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;

/// One checkpoint of an analysis.
struct ModelOfReport {
  SharedReport report;
  std::size_t index = 0;

  [[nodiscard]] const io::ModelReport& get() const { return report->models[index]; }
};

std::size_t count(const io::AnalysisReport& report) {
  std::size_t total = 0;
  for (const io::ModelReport& model : report.models) total += model.operators.size();
  return total;
}

OperatorOfReport at(const SharedReport& report, std::ptrdiff_t position) {
  const auto total = static_cast<std::ptrdiff_t>(count(*report));
  if (position < -total || position >= total)
    throw py::index_error(fmt::format("operator {} of {}", position, total));
  auto rest = static_cast<std::size_t>(position < 0 ? position + total : position);
  std::size_t model = 0;
  for (; rest >= report->models[model].operators.size(); ++model)
    rest -= report->models[model].operators.size();
  return {report, model, rest};
}

std::vector<OperatorOfReport> operators_of(const SharedReport& report, std::size_t model) {
  std::vector<OperatorOfReport> all;
  for (std::size_t i = 0; i < report->models[model].operators.size(); ++i) all.push_back({report, model, i});
  return all;
}

/// The one operator that has this name or label.
OperatorOfReport by_name(const SharedReport& report, const std::string& name) {
  std::vector<OperatorOfReport> found;
  for (std::size_t m = 0; m < report->models.size(); ++m)
    for (const OperatorOfReport& op : operators_of(report, m))
      if (op.get().layer.name == name || model::layer_label(op.get().layer) == name) found.push_back(op);
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    throw py::key_error(fmt::format("{} operators are called {}: take them from report.models", found.size(),
                                    model::printable(name)));
  std::string known;
  constexpr std::size_t shown = 12;
  for (std::size_t i = 0; i < std::min(count(*report), shown); ++i)
    known += (known.empty() ? "" : ", ") +
             model::printable(at(report, static_cast<std::ptrdiff_t>(i)).get().layer.name);
  if (count(*report) > shown) known += fmt::format(" and {} more", count(*report) - shown);
  throw py::key_error(fmt::format("no operator {}: there are {}", model::printable(name), known));
}

void save(const SharedReport& report, const std::string& path, bool overwrite) {
  std::vector<std::string> inputs;
  for (const io::ModelReport& model : report->models)
    if (!model.file.empty()) inputs.push_back(model.file);
  constexpr std::array<std::string_view, 7> endings{".json", ".csv", ".h5", ".hdf5", ".html", ".tex", ".md"};
  const std::string_view form = form_of(path, endings);
  const io::OutputFile output(path, overwrite, inputs);
  if (form == ".h5" || form == ".hdf5") return io::write_report_hdf5(*report, path, overwrite);
  if (form == ".json") return output.write(io::report_json(*report));
  if (form == ".csv") return output.write(io::report_csv(*report));
  if (form == ".html") return output.write(io::analysis_page(*report));
  output.write(
      io::paper_table(*report, {}, form == ".tex" ? io::PaperFormat::latex : io::PaperFormat::markdown));
}

void bind_model(py::module_& module) {
  py::class_<ModelOfReport>(module, "Model", R"(One checkpoint of an analysis: a sequence of its operators.

Attributes
----------
file, sha256, architecture, family : str
    `file` is empty for arrays in memory; `sha256` is of the file, or of names and values of the arrays.
bytes : int
warnings : list of str
)")
      .def_property_readonly("file", [](const ModelOfReport& m) { return m.get().file; })
      .def_property_readonly("sha256", [](const ModelOfReport& m) { return m.get().sha256; })
      .def_property_readonly("bytes", [](const ModelOfReport& m) { return m.get().bytes; })
      .def_property_readonly("architecture", [](const ModelOfReport& m) { return m.get().architecture; })
      .def_property_readonly(
          "family",
          [](const ModelOfReport& m) { return m.get().family.empty() ? std::string("TMM") : m.get().family; })
      .def_property_readonly("warnings", [](const ModelOfReport& m) { return m.get().warnings; })
      .def_property_readonly("operators",
                             [](const ModelOfReport& m) { return operators_of(m.report, m.index); })
      .def("__len__", [](const ModelOfReport& m) { return m.get().operators.size(); })
      .def("__iter__",
           [](const ModelOfReport& m) { return py::iter(py::cast(operators_of(m.report, m.index))); })
      .def("__repr__", [](const ModelOfReport& m) {
        return fmt::format("<Model {}: {}, {} operators>", model::printable(m.get().file),
                           m.get().architecture, m.get().operators.size());
      });
}

constexpr const char* documentation = R"(What `analyze` found: a sequence of `Operator`, those of all models.

``report[0]``, ``report["mixer_blocks.0.token_mixing_layer.weight"]`` and ``report["3.h0"]`` are operators;
``print(report)`` is the table that the program prints.

Attributes
----------
models : list of Model
options : dict
    What was asked for, as in the JSON document.
warnings : list of str
)";

}  // namespace

void bind_report(py::module_& module) {
  bind_model(module);
  py::class_<io::AnalysisReport, std::shared_ptr<io::AnalysisReport>>(module, "Report", documentation)
      .def("__len__", [](const io::AnalysisReport& r) { return count(r); })
      .def("__getitem__",
           [](const std::shared_ptr<io::AnalysisReport>& r, std::ptrdiff_t i) { return at(r, i); })
      .def("__getitem__", [](const std::shared_ptr<io::AnalysisReport>& r,
                             const std::string& name) { return by_name(r, name); })
      .def("__iter__",
           [](const std::shared_ptr<io::AnalysisReport>& r) {
             std::vector<OperatorOfReport> all;
             for (std::size_t m = 0; m < r->models.size(); ++m)
               for (const OperatorOfReport& op : operators_of(r, m)) all.push_back(op);
             return py::iter(py::cast(all));
           })
      .def_property_readonly("models",
                             [](const std::shared_ptr<io::AnalysisReport>& r) {
                               std::vector<ModelOfReport> models;
                               for (std::size_t m = 0; m < r->models.size(); ++m) models.push_back({r, m});
                               return models;
                             })
      .def_property_readonly("version", [](const io::AnalysisReport& r) { return r.program_version; })
      .def(
          "to_json", [](const io::AnalysisReport& r) { return io::report_json(r); },
          "The JSON document that ``tmm analyze --format json`` writes, as text.")
      .def(
          "to_csv", [](const io::AnalysisReport& r) { return io::report_csv(r); },
          "One row for every measure of every operator, RFC 4180, as text.")
      .def(
          "to_wide_csv",
          [](const io::AnalysisReport& r, const std::vector<std::string>& measures) {
            return io::wide_csv(r, measures);
          },
          py::arg("measures") = std::vector<std::string>{},
          "One row for every operator, as text; `measures`: names, all if empty.")
      .def(
          "to_html", [](const io::AnalysisReport& r) { return io::analysis_page(r); },
          "The self-contained page with charts, as text.")
      .def(
          "to_latex",
          [](const io::AnalysisReport& r, const std::vector<std::string>& measures) {
            return io::paper_table(r, measures, io::PaperFormat::latex);
          },
          py::arg("measures") = std::vector<std::string>{},
          "A table for a paper (booktabs, siunitx, threeparttable), as text.")
      .def(
          "to_markdown",
          [](const io::AnalysisReport& r, const std::vector<std::string>& measures) {
            return io::paper_table(r, measures, io::PaperFormat::markdown);
          },
          py::arg("measures") = std::vector<std::string>{}, "The same for GitHub's Markdown.")
      .def(
          "table",
          [](const io::AnalysisReport& r, int width) { return io::report_table(r, {.width = width}); },
          py::arg("width") = 80, "The table that the program prints, `width` columns wide.")
      .def("__str__", [](const io::AnalysisReport& r) { return io::report_table(r); })
      .def("__repr__",
           [](const io::AnalysisReport& r) {
             return fmt::format("<Report of {} operator{} in {} model{}>", count(r), count(r) == 1 ? "" : "s",
                                r.models.size(), r.models.size() == 1 ? "" : "s");
           })
      .def(
          "save",
          [](const std::shared_ptr<io::AnalysisReport>& r, const py::object& path, bool overwrite) {
            const std::string file = path_of(path);
            const py::gil_scoped_release released;
            save(r, file, overwrite);
          },
          py::arg("path"), py::arg("overwrite") = false,
          R"(Writes the analysis to a file, whole or not at all.

Parameters
----------
path : str or os.PathLike
    Ends in .json, .csv, .h5, .hdf5, .html, .tex or .md, which says the form.
overwrite : bool
    Replace a file that is there; never one that was analysed.

Raises
------
FileError
    The file exists, is an input, or cannot be written.
ArgumentError
    The name does not say the form.
)");
  module.def(
      "load_report",
      [](const py::object& path) {
        const std::string file = path_of(path);
        const py::gil_scoped_release released;
        return std::make_shared<io::AnalysisReport>(io::read_report(file));
      },
      py::arg("path"),
      R"(Reads what ``Report.save`` or ``tmm analyze`` wrote as JSON or HDF5: the same numbers bit for bit.

Raises
------
FileError, FormatError
    Not there; not a saved analysis, or one that contradicts itself.
)");
}

}  // namespace tmm::python
