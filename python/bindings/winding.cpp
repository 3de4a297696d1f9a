// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/thread_caches.hpp"
#include "analysis/index/layer_winding.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/memory_checkpoint.hpp"
#include "io/report/format_measure.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "model/checkpoint/layer_selection.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

using analysis::IndexStatus, analysis::Winding;

std::optional<std::int64_t> number(const Winding& w) {
  return w.status == IndexStatus::certified ? std::optional(w.number) : std::nullopt;
}

std::optional<std::int64_t> fredholm_index(const Winding& w) {
  return w.status == IndexStatus::certified ? std::optional(-w.number) : std::nullopt;
}

/// The proven bounds of N; none for a = 0.
std::optional<std::int64_t> bound(const Winding& w, std::int64_t value) {
  return w.lowest > w.highest ? std::nullopt : std::optional(value);
}

py::dict certificate(const Winding& w) {
  const auto& c = w.certificate;
  py::dict fields;
  fields["root_arcs"] = c.root_arcs;
  fields["arcs"] = c.arcs;
  fields["disc_tests"] = c.disc_tests;
  fields["line_tests"] = c.line_tests;
  fields["extended_arcs"] = c.extended_arcs;
  fields["depth"] = c.depth;
  fields["bits"] = c.bits;
  fields["sign_at_one"] = c.sign_at_one;
  fields["sign_at_minus_one"] = c.sign_at_minus_one;
  return fields;
}

/// A proven lower bound, on its safe side.
std::string downward(double bound, int digits = 3) {
  return io::format_number(bound, 0, {.digits = digits, .rounding = io::Rounding::down});
}

std::string describe(const Winding& w) {
  switch (w.status) {
    case IndexStatus::certified:
      return fmt::format("<Winding {}, certified: margin {}, radius {}>", w.number, downward(w.margin),
                         downward(w.radius));
    case IndexStatus::undecided:
      return fmt::format("<Winding undecided, {} to {}: {}>", w.lowest, w.highest, w.reason);
    default:
      return fmt::format("<Winding none, {}: {}>", name(w.status), w.reason);
  }
}

/// Up to so many taps in all, a call is over before a thread of its own would have begun.
constexpr std::size_t briefly = 1024;

Winding winding_number(py::handle x) {
  std::vector<double> taps = taps_of(x);
  const bool brief = taps.size() <= briefly;
  return run(brief, [taps = std::move(taps)](const Stop&) { return analysis::winding_number(taps); });
}

struct Windings {
  std::vector<model::LayerOperator> layers;
  std::vector<Winding> numbers;

  void count(std::size_t i) {
    analysis::free_caches_at_thread_end();
    numbers[i] = analysis::layer_winding(layers[i]);
  }
};

/// The operators of a network, of whose arrays only those are read that hold them.
std::vector<model::LayerOperator> operators_of(py::handle network, const std::string& layers, bool residual,
                                               bool assume_toeplitz, const std::string& copy,
                                               std::optional<std::size_t> context) {
  const auto source = io::memory_checkpoint(memory_arrays(network), copy);
  model::Assumptions assumptions;
  if (assume_toeplitz) assumptions.contradictions = model::Contradictions::assume_toeplitz;
  if (context) assumptions.context = model::Answer<std::size_t>{*context, "context"};
  const model::StateDict weights =
      io::read_checkpoint(*source, io::Selection::toeplitz, assumptions.contradictions);
  auto operators = model::layer_operators(weights, assumptions);
  const model::LayerSelection selection(layers);
  if (!selection.all()) operators = selection.select(operators, "");
  if (residual)
    for (model::LayerOperator& layer : operators) model::add_identity(layer);
  return operators;
}

py::dict winding_numbers(py::handle network, const std::string& layers, bool residual, bool assume_toeplitz,
                         const std::string& copy, std::optional<std::size_t> context,
                         std::optional<int> threads) {
  const std::size_t team = team_size(threads);
  Windings windings;
  windings.layers = operators_of(network, layers, residual, assume_toeplitz, copy, context);
  windings.numbers.resize(windings.layers.size());
  std::size_t taps = 0;
  for (const model::LayerOperator& layer : windings.layers) taps += layer.taps.size();
  const bool brief = taps <= briefly;
  windings = run(brief, [all = std::move(windings), team = brief ? 1 : team](const Stop& stop) mutable {
    model::parallel_for(all.layers.size(), team, [&](std::size_t i, std::size_t) {
      stop.check();
      all.count(i);
    });
    return std::move(all);
  });
  py::dict result;
  for (std::size_t i = 0; i < windings.layers.size(); ++i)
    result[py::str(model::layer_label(windings.layers[i]))] = windings.numbers[i];
  return result;
}

}  // namespace

void bind_winding(py::module_& module) {
  py::class_<Winding>(module, "Winding",
                      "Winding number of a symbol about 0 along the unit circle, with its proof.")
      .def_property_readonly("number", &number,
                             "int or None: N, the number of zeros in |z| < 1; None unless certified.")
      .def_property_readonly("fredholm_index", &fredholm_index, "int or None: -N, the index of T(a).")
      .def_property_readonly(
          "status", [](const Winding& w) { return std::string(name(w.status)); },
          "str: \"certified\", \"not Fredholm\", \"undecided\" or \"not defined\" (no Toeplitz operator).")
      .def_property_readonly(
          "lowest", [](const Winding& w) { return bound(w, w.lowest); },
          "int or None: proven lower bound of the number of zeros in |z| < 1; None for a = 0.")
      .def_property_readonly(
          "highest", [](const Winding& w) { return bound(w, w.highest); },
          "int or None: proven upper bound of the number of zeros in |z| < 1; None for a = 0.")
      .def_readonly("margin", &Winding::margin,
                    "float: proven lower bound of min |a| on the circle, in units of the weights; 0 unless "
                    "certified. No change of the weights with a smaller sum of moduli changes N (Rouche).")
      .def_readonly("margin_upper", &Winding::margin_upper,
                    "float: proven upper bound of min |a|, in units of the weights.")
      .def_readonly(
          "radius", &Winding::radius,
          "float: proven lower bound of the 2-norm of a real change of the weights that changes N, in "
          "units of the weights; 0 unless certified.")
      .def_readonly("closest_theta", &Winding::closest_theta,
                    "float: angle in [0, pi], in radians, at which |a| takes `margin_upper`.")
      .def_readonly("reason", &Winding::reason, "str: why there is no number, or how it was found otherwise.")
      .def_property_readonly(
          "certificate", &certificate,
          "dict: what was proven and how: arcs on the half circle, tests, depth, bits, signs.")
      .def("__repr__", &describe);
  module.def("lower_bound", &downward, py::arg("bound"), py::arg("digits"));
  module.def("winding_number", &winding_number, py::arg("taps"));
  module.def("winding_numbers", &winding_numbers, py::arg("network"), py::arg("layers"), py::arg("residual"),
             py::arg("assume_toeplitz"), py::arg("copy"), py::arg("context"), py::arg("threads"));
}

}  // namespace tmm::python
