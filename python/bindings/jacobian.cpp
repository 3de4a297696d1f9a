// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/memory_checkpoint.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/library_versions.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/network/objective.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/reports.hpp"

namespace tmm::python {
namespace {

/// Rows of ids, each in [0, v).
std::vector<std::int32_t> ids_of(const std::vector<std::int64_t>& tokens, std::size_t v) {
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::int64_t id = tokens[i];
    if (id < 0 || static_cast<std::uint64_t>(id) >= v)
      throw ArgumentError("a token is not in the vocabulary",
                          {"", "tokens", "ids from 0 to " + std::to_string(v - 1),
                           std::to_string(id) + " at place " + std::to_string(i), ""});
    ids.push_back(static_cast<std::int32_t>(id));
  }
  return ids;
}

/// Matrices (samples, rows, m·d) that this report keeps, or None.
py::object matrices_of(const io::JacobianReport& report, std::vector<double> analysis::SampleJacobian::*which,
                       std::size_t rows) {
  const auto& samples = report.result.samples;
  if ((samples.front().*which).empty()) return py::none();
  const std::size_t cols = report.result.shape.length * report.result.shape.dimension;
  py::array_t<double> all({samples.size(), rows, cols});
  double* to = all.mutable_data();
  for (const auto& sample : samples) to = std::ranges::copy(sample.*which, to).out;
  return all;
}

void save(const io::JacobianReport& report, const std::string& path, bool overwrite) {
  constexpr std::array<std::string_view, 4> endings{".json", ".csv", ".html", ".txt"};
  const std::string_view form = form_of(path, endings);
  const std::vector<std::string> inputs(report.file.empty() ? 0 : 1, report.file);
  const io::OutputFile output(path, overwrite, inputs);
  output.write(form == ".json"   ? io::jacobian_json(report)
               : form == ".csv"  ? io::jacobian_csv(report)
               : form == ".html" ? io::jacobian_html(report, io::program_version())
                                 : io::jacobian_table(report));
}

/// `path`, or `network`: a mapping of names to arrays. (text of the JSON, vector matrices, stream matrices,
/// the report without them)
py::tuple jacobian(const std::string& path, const py::object& network,
                   const py::array_t<std::int64_t, py::array::c_style>& tokens, analysis::JacobianOptions how,
                   std::optional<int> threads, const py::dict& options) {
  how.threads = team_size(threads);
  const io::AnalysisRequest request = analysis_request(options);
  if (tokens.ndim() != 2 || tokens.size() == 0)
    throw ArgumentError("tokens are rows of ids",
                        {"", "tokens", "an array (samples, m) of integers", "", ""});
  const std::shared_ptr<io::TensorSource> source =
      network.is_none() ? io::open_checkpoint(path, request.copy)
                        : io::memory_checkpoint(memory_arrays(network), request.copy);
  const std::vector<std::int64_t> all(tokens.data(), tokens.data() + tokens.size());
  const auto samples = static_cast<std::size_t>(tokens.shape(0)), length = all.size() / samples;
  const auto report = run([source, request, all, samples, length, how](const Stop& stop) {
    const BlasTurn turn;
    const auto state = io::read_checkpoint(*source);
    const auto loaded =
        std::make_shared<model::Tmm<double>>(model::load_network<double>(state, request.assumptions));
    const auto& architecture = loaded->architecture;
    auto result = std::make_shared<io::JacobianReport>();
    result->file = source->header().path, result->sha256 = source->sha256();
    result->source = "given", result->objective = model::name(model::default_objective(architecture.network));
    result->warnings = model::forward_remarks(architecture);
    result->sequences = samples;
    result->chosen.resize(result->sequences);
    std::iota(result->chosen.begin(), result->chosen.end(), std::size_t{0});
    result->result = analysis::network_jacobian(*loaded, ids_of(all, architecture.vocabulary), length, how,
                                                [&stop](std::size_t) { stop.check(); });
    io::describe_derivative(*loaded, *result);
    return result;
  });
  const auto& shape = report->result.shape;
  const py::object vector = matrices_of(*report, &analysis::SampleJacobian::vector_matrix, shape.dimension);
  const py::object stream =
      matrices_of(*report, &analysis::SampleJacobian::stream_matrix, shape.length * shape.dimension);
  for (analysis::SampleJacobian& sample : report->result.samples)  // they live on as arrays
    sample.vector_matrix = {}, sample.stream_matrix = {};
  return py::make_tuple(io::jacobian_json(*report), vector, stream, report);
}

}  // namespace

void bind_jacobian(py::module_& module) {
  py::class_<io::JacobianReport, std::shared_ptr<io::JacobianReport>>(module, "JacobianReport")
      .def("save",
           [](const std::shared_ptr<io::JacobianReport>& report, const py::object& path, bool overwrite) {
             const std::string file = path_of(path);
             const py::gil_scoped_release released;
             save(*report, file, overwrite);
           })
      .def("table", [](const io::JacobianReport& report) { return io::jacobian_table(report); });
  module.def("jacobian", [](const py::object& path, const py::object& network,
                            const py::array_t<std::int64_t, py::array::c_style>& tokens, std::size_t steps,
                            std::size_t full, std::uint64_t seed, bool blocks, bool through_bottleneck,
                            bool matrices, std::optional<int> threads, const py::dict& options) {
    analysis::JacobianOptions how;
    how.steps = steps, how.full_limit = full, how.seed = seed, how.blocks = blocks;
    how.through_bottleneck = through_bottleneck, how.matrices = matrices;
    return jacobian(path.is_none() ? "" : path_of(path), network, tokens, how, threads, options);
  });
}

}  // namespace tmm::python
