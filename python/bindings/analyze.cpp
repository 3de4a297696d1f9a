// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/study/analyze_files.hpp"
#include "model/base/error.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/reports.hpp"

namespace tmm::python {
namespace {

using Request = io::AnalysisRequest;

analysis::SpectrumChoice spectrum_of(const std::string& choice) {
  using enum analysis::SpectrumChoice;
  for (const auto known : {automatic, full, extreme, none})
    if (name(known) == choice) return known;
  throw ArgumentError("no such choice of singular values",
                      {"", "spectrum", "\"automatic\", \"full\", \"extreme\" or \"none\"", choice, ""});
}

model::TapsRequest::Transform transform_of(const std::string& transform) {
  using enum model::TapsRequest::Transform;
  if (transform.empty()) return none;
  if (transform == "softplus") return softplus;
  if (transform == "soft-threshold") return soft_threshold;
  throw ArgumentError("no such transform",
                      {"", "transform", "\"softplus\" or \"soft-threshold\"", transform, ""});
}

/// The value of a keyword, or `otherwise` for one that is not there. Throws TypeError naming the keyword.
template <class Value>
Value option(const py::dict& options, const char* keyword, Value otherwise) {
  if (!options.contains(keyword) || options[keyword].is_none()) return otherwise;
  try {
    return options[keyword].cast<Value>();
  } catch (const py::cast_error&) {
    throw ArgumentError("an option of another type",
                        {"", keyword, "", py::repr(options[keyword]).cast<std::string>(), ""});
  }
}

template <class Value>
void answer(const py::dict& options, const char* keyword, std::optional<model::Answer<Value>>& into) {
  if (const auto value = option(options, keyword, std::optional<Value>()))
    into = model::Answer<Value>{*value, keyword};
}

/// True, or columns and rows of the grid.
std::optional<analysis::PlaneGrid> plane_of(const py::dict& options) {
  const char* keyword = "pseudospectra";
  if (!options.contains(keyword) || options[keyword].is_none()) return std::nullopt;
  if (py::isinstance<py::bool_>(options[keyword]))
    return option(options, keyword, false) ? std::optional(analysis::PlaneGrid{}) : std::nullopt;
  const auto [columns, rows] = option(options, keyword, std::pair<std::size_t, std::size_t>());
  const analysis::PlaneGrid grid{columns, rows};
  analysis::require_grid(grid);
  return grid;
}

void check_thresholds(const std::vector<double>& values, const char* keyword, double below) {
  for (const double tau : values)
    if (!(tau > 0 && tau < below))
      throw ArgumentError("no threshold", {"", keyword, below == 1 ? "0 < tau < 1" : "0 < tau < inf",
                                           std::to_string(tau), ""});
}

}  // namespace

Request analysis_request(const py::dict& options) {
  Request request;
  request.layers = option(options, "layers", std::string());
  request.residual = option(options, "residual", false);
  if (option(options, "assume_toeplitz", false))
    request.assumptions.contradictions = model::Contradictions::assume_toeplitz;
  answer(options, "mean_normalised", request.assumptions.mean_normalised);
  answer(options, "clm_encoder", request.assumptions.clm_encoder);
  answer(options, "unroll", request.assumptions.unroll);
  answer(options, "context", request.assumptions.context);
  request.options.spectrum = spectrum_of(option(options, "spectrum", std::string("automatic")));
  request.options.zeros = option(options, "zeros", false);
  request.options.sections = option(options, "sections", std::vector<std::size_t>());
  request.options.thresholds = option(options, "tau", std::vector<double>());
  request.options.absolute_thresholds = option(options, "tau_absolute", std::vector<double>());
  check_thresholds(request.options.thresholds, "tau", 1);
  check_thresholds(request.options.absolute_thresholds, "tau_absolute",
                   std::numeric_limits<double>::infinity());
  request.options.published_winding = option(options, "published_winding", false);
  request.options.certify = option(options, "certify", false);
  request.options.pseudospectra = plane_of(options);
  request.options.keep_arrays = option(options, "arrays", true);
  request.copy = option(options, "copy", std::string());
  request.null_draws = option(options, "null_draws", std::size_t{0});
  request.seed = option(options, "seed", std::uint64_t{1});
  request.threads = static_cast<int>(team_size(option(options, "threads", std::optional<int>())));
  if (const auto glob = option(options, "taps", std::string()); !glob.empty()) {
    request.taps.emplace();
    request.taps->glob = glob;
    request.taps->transpose = option(options, "transpose", false);
    request.taps->reverse = option(options, "reverse", false);
    request.taps->transform = transform_of(option(options, "transform", std::string()));
    request.taps->threshold = option(options, "threshold", 0.0);
    request.taps->add_to_first = option(options, "add_to_first", std::string());
  }
  return request;
}

namespace {

/// Reports progress to a function of Python, and stops where nobody waits for the result any longer.
io::WorkProgress progress_to(Held function, const Stop& stop) {
  return [function = std::move(function), &stop](const char* unit, std::size_t done, std::size_t total) {
    stop.check();
    if (!function) return;
    const py::gil_scoped_acquire gil;
    (*function)(unit, done, total);
  };
}

using Sources = std::vector<std::unique_ptr<io::TensorSource>>;

/// `paths`: files and folders; or `networks`: mappings of names to arrays, one a model, and what to call
/// them.
std::shared_ptr<io::AnalysisReport> analyze(const std::vector<std::string>& paths, const py::list& networks,
                                            const std::string& called, const py::dict& options,
                                            const py::object& progress) {
  Request request = analysis_request(options);
  auto sources = std::make_shared<Sources>();
  for (const py::handle network : networks)
    sources->push_back(io::memory_checkpoint(memory_arrays(network), request.copy));
  const Held function = progress.is_none() ? nullptr : hold(progress);
  return run([=, request = std::move(request)](const Stop& stop) mutable {
    const BlasTurn turn;
    request.progress = progress_to(function, stop);
    auto report = std::make_shared<io::AnalysisReport>(
        sources->empty() ? io::analyze_files(paths, request) : io::analyze_sources(*sources, request));
    if (!called.empty())
      for (io::ModelReport& model : report->models) model.file = called;
    return report;
  });
}

}  // namespace

std::string path_of(py::handle path) {
  return py::module_::import("os").attr("fsencode")(path).cast<py::bytes>();
}

std::string_view form_of(const std::string& path, std::span<const std::string_view> endings) {
  const auto found =
      std::ranges::find_if(endings, [&](std::string_view ending) { return path.ends_with(ending); });
  if (found != endings.end()) return *found;
  throw ArgumentError("the file's name does not say its form",
                      {path, "",
                       fmt::format("a name that ends in {} or {}",
                                   fmt::join(endings.first(endings.size() - 1), ", "), endings.back()),
                       "", ""});
}

void bind_analyze(py::module_& module) {
  module.def("analyze", &analyze, py::arg("paths"), py::arg("networks"), py::arg("called"),
             py::arg("options"), py::arg("progress"));
}

}  // namespace tmm::python
