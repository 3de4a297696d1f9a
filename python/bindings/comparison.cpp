// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/stl.h>

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/checkpoint/output_file.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/report_html.hpp"
#include "io/study/compare_files.hpp"
#include "model/base/error.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/reports.hpp"

namespace tmm::python {
namespace {

using io::ComparisonReport, analysis::MeasureComparison;
namespace py = pybind11;

py::dict group(const analysis::GroupSample& sample) {
  const analysis::Distribution& d = sample.distribution;
  py::dict fields;
  fields["values"] = sample.values;
  fields["layers"] = sample.layer;
  fields["models"] = sample.model;
  fields["median"] = d.median;
  fields["quartiles"] = py::make_tuple(d.lower_quartile, d.upper_quartile);
  fields["range"] = py::make_tuple(d.minimum, d.maximum);
  fields["not_numbers"] = sample.not_numbers;
  return fields;
}

/// The statistics of one measure. A p-value that was not computed is None.
py::dict statistics(const MeasureComparison& m) {
  py::dict fields;
  fields["a"] = group(m.a);
  fields["b"] = group(m.b);
  fields["cliffs_delta"] = m.effect.delta;
  fields["cliffs_delta_interval"] = py::make_tuple(m.effect.lower, m.effect.upper);
  fields["p_value"] = m.by_operator.p_value;
  fields["adjusted_p_value"] =
      std::isnan(m.adjusted_p_value) ? py::object(py::none()) : py::float_(m.adjusted_p_value);
  fields["p_value_by_model"] = m.by_model ? py::object(py::float_(m.by_model->p_value)) : py::none();
  fields["unresolved_pairs"] = m.unresolved_pairs;
  return fields;
}

py::dict all_statistics(const ComparisonReport& report) {
  py::dict all;
  for (const MeasureComparison& m : report.comparison.measures) all[py::str(m.id)] = statistics(m);
  return all;
}

std::string text_of(const ComparisonReport& report, const std::string& path) {
  constexpr std::array<std::string_view, 5> endings{".json", ".csv", ".html", ".tex", ".md"};
  const std::string_view form = form_of(path, endings);
  if (form == ".json") return io::comparison_json(report);
  if (form == ".csv") return io::comparison_csv(report);
  if (form == ".html") return io::comparison_html(report);
  return io::paper_table(report, form == ".tex" ? io::PaperFormat::latex : io::PaperFormat::markdown);
}

void save(const ComparisonReport& report, const std::string& path, bool overwrite) {
  std::vector<std::string> inputs;
  for (const auto* side : {&report.a, &report.b})
    for (const io::ModelReport& model : side->models)
      if (!model.file.empty()) inputs.push_back(model.file);
  const io::OutputFile output(path, overwrite, inputs);
  output.write(text_of(report, path));
}

using Names = std::pair<std::string, std::string>;

io::ComparisonRequest request_of(const Names& names, const std::vector<std::string>& measures,
                                 std::size_t resamples, std::uint64_t seed) {
  io::ComparisonRequest request;
  request.name_a = names.first;
  request.name_b = names.second;
  request.measures = measures;
  request.resamples = resamples;
  request.seed = seed;
  return request;
}

std::shared_ptr<ComparisonReport> compare_files(const std::vector<std::string>& a,
                                                const std::vector<std::string>& b, const Names& names,
                                                const std::vector<std::string>& measures,
                                                std::size_t resamples, std::uint64_t seed,
                                                const py::dict& options) {
  io::ComparisonRequest request = request_of(names, measures, resamples, seed);
  request.a = a;
  request.b = b;
  request.analysis = analysis_request(options);
  request.analysis.options.keep_arrays = false;
  return run([request = std::move(request)](const Stop& stop) mutable {
    const BlasTurn turn;
    request.analysis.progress = [&stop](const char*, std::size_t, std::size_t) { stop.check(); };
    return std::make_shared<ComparisonReport>(io::compare_files(request));
  });
}

io::AnalysisReport together(const std::vector<std::shared_ptr<io::AnalysisReport>>& reports) {
  io::AnalysisReport all = *reports.at(0);
  for (std::size_t i = 1; i < reports.size(); ++i) {
    if (reports[i]->residual != all.residual) throw ArgumentError("analyses of T and of I + T in one group");
    all.models.insert(all.models.end(), reports[i]->models.begin(), reports[i]->models.end());
  }
  return all;
}

std::shared_ptr<ComparisonReport> compare_reports(const std::vector<std::shared_ptr<io::AnalysisReport>>& a,
                                                  const std::vector<std::shared_ptr<io::AnalysisReport>>& b,
                                                  const Names& names,
                                                  const std::vector<std::string>& measures,
                                                  std::size_t resamples, std::uint64_t seed) {
  if (a.empty() || b.empty()) throw ArgumentError("a group needs an analysis");
  const io::ComparisonRequest request = request_of(names, measures, resamples, seed);
  return run([=](const Stop&) {
    return std::make_shared<ComparisonReport>(io::compare_reports(together(a), together(b), request));
  });
}

constexpr const char* documentation =
    R"(Two groups of models: distributions, effects and tests, measure by measure.

``comparison["winding_fraction"]`` is a dict with ``a`` and ``b`` (values, layers, models, median, quartiles, range),
``cliffs_delta`` with its bootstrap interval, ``p_value`` (two-sided Mann-Whitney over operators),
``adjusted_p_value`` (Holm, over the measures chosen; None for others), ``p_value_by_model``.

Attributes
----------
names : tuple of str
measures : dict of str to dict
shown : list of str
    The measures that were chosen.
warnings : list of str
    What the numbers do not allow to conclude.
)";

}  // namespace

void bind_comparison(py::module_& module) {
  py::class_<ComparisonReport, std::shared_ptr<ComparisonReport>>(module, "Comparison", documentation)
      .def_property_readonly("names",
                             [](const ComparisonReport& r) { return py::make_tuple(r.a.name, r.b.name); })
      .def_property_readonly("measures", &all_statistics)
      .def_readonly("shown", &ComparisonReport::shown)
      .def_property_readonly("warnings", [](const ComparisonReport& r) { return r.comparison.warnings; })
      .def("__getitem__",
           [](const ComparisonReport& r, const std::string& id) {
             for (const MeasureComparison& m : r.comparison.measures)
               if (m.id == id) return statistics(m);
             throw py::key_error("no such measure is a number in both groups: " + id);
           })
      .def("to_json", [](const ComparisonReport& r) { return io::comparison_json(r); })
      .def("to_csv", [](const ComparisonReport& r) { return io::comparison_csv(r); })
      .def("to_html", [](const ComparisonReport& r) { return io::comparison_html(r); })
      .def("to_latex", [](const ComparisonReport& r) { return io::paper_table(r, io::PaperFormat::latex); })
      .def("to_markdown",
           [](const ComparisonReport& r) { return io::paper_table(r, io::PaperFormat::markdown); })
      .def(
          "table",
          [](const ComparisonReport& r, int width) { return io::comparison_table(r, {.width = width}); },
          py::arg("width") = 80)
      .def("__str__", [](const ComparisonReport& r) { return io::comparison_table(r); })
      .def("__repr__",
           [](const ComparisonReport& r) {
             return fmt::format("<Comparison of {} (models: {}) and {} (models: {})>", r.a.name,
                                r.a.models.size(), r.b.name, r.b.models.size());
           })
      .def(
          "save",
          [](const std::shared_ptr<ComparisonReport>& r, const py::object& path, bool overwrite) {
            const std::string file = path_of(path);
            const py::gil_scoped_release released;
            save(*r, file, overwrite);
          },
          py::arg("path"), py::arg("overwrite") = false,
          "Writes it to a file that ends in .json, .csv, .html, .tex or .md, whole or not at all.");
  module.def("compare_files", &compare_files);
  module.def("default_compared_measures", &io::default_compared_measures);
  module.def("compare_reports", &compare_reports);
}

}  // namespace tmm::python
