// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/report/analysis_report.hpp"
#include "io/study/analyze_files.hpp"

namespace tmm::python {

/// An analysis, shared by all that is taken from it. Nothing is copied until it is asked for.
using SharedReport = std::shared_ptr<const io::AnalysisReport>;

/// One operator of an analysis.
struct OperatorOfReport {
  SharedReport report;
  std::size_t model = 0, index = 0;

  [[nodiscard]] const io::ModelReport& of() const { return report->models[model]; }
  [[nodiscard]] const analysis::OperatorReport& get() const { return of().operators[index]; }
};

/// The classes behind tmm/_report.py, and the functions behind tmm/_analyze.py.
void bind_operator_report(pybind11::module_& module);  ///< Operator
void bind_report(pybind11::module_& module);           ///< Report, Model, load_report
void bind_comparison(pybind11::module_& module);       ///< Comparison, compare
void bind_analyze(pybind11::module_& module);          ///< analyze
void bind_jacobian(pybind11::module_& module);         ///< jacobian, behind tmm/_jacobian.py

/// What the keywords of tmm.analyze ask for. Throws ArgumentError naming the keyword.
io::AnalysisRequest analysis_request(const pybind11::dict& options);

/// A path as os.fspath has it. Throws what that raises.
std::string path_of(pybind11::handle path);

/// Which of `endings` (".json"; not empty) the name of a file to write ends in, and so its form. Throws
/// ArgumentError naming them for any other.
std::string_view form_of(const std::string& path, std::span<const std::string_view> endings);

}  // namespace tmm::python
