// SPDX-License-Identifier: MIT
#include "io/result/operator_datasets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "analysis/symbol/symbol_curve.hpp"
#include "io/json/json_text.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/operator_remarks.hpp"
#include "io/report/plane_json.hpp"

namespace tmm::io {
namespace {

using analysis::OperatorReport, analysis::SpectrumMethod, analysis::Status;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

constexpr std::array statuses{Status::certified, Status::numerical, Status::below_precision,
                              Status::undecided, Status::not_defined};

std::int64_t place(Status status) {
  return std::ranges::find(statuses, status) - statuses.begin();
}

constexpr std::array methods{SpectrumMethod::leading_zeros, SpectrumMethod::single_tap,
                             SpectrumMethod::lapack,        SpectrumMethod::residues,
                             SpectrumMethod::balls,         SpectrumMethod::dense};

constexpr const char* operator_json_name = "operator_json";

/// Arrays of one operator under its group.
class OperatorWriter {
 public:
  OperatorWriter(ArrayWriter& file, std::string group, const OperatorReport& report)
      : file_(file), group_(std::move(group)), report_(report) {
    file_.group(group_);
  }

  void write(const std::string& key) {
    identity();
    const std::vector<double>& taps = report_.layer.taps;
    const bool toeplitz = report_.layer.kind == model::OperatorKind::toeplitz;
    if (toeplitz) array("taps", {taps.size()}, taps, "weights w_0 ... w_{n-1}");
    derivation();
    if (report_.spectrum)
      spectrum(*report_.spectrum, "singular_value_", toeplitz ? "of T_n" : "of the dense matrix");
    if (report_.divided) spectrum(*report_.divided, "row_divided_singular_value_", "of diag(1/c) T_n");
    zeros();
    if (toeplitz) symbol();
    if (report_.plane) plane(*report_.plane);
    measures();
    rest(key);
  }

 private:
  template <class T>
  void array(const std::string& name, std::vector<std::size_t> shape, const std::vector<T>& values,
             const std::string& description) {
    const std::string path = group_ + "/" + name;
    file_.dataset(path, shape, std::span<const T>(values));
    file_.attribute(path, "units", "1");
    file_.attribute(path, "description", description);
  }

  void identity() {
    const auto& layer = report_.layer;
    file_.attribute(group_, "name", layer.name);
    file_.attribute(group_, "part", layer.part);
    file_.attribute(group_, "block", std::int64_t{layer.block});
    if (layer.head) file_.attribute(group_, "head", std::int64_t{*layer.head});
    if (layer.row) file_.attribute(group_, "row", std::int64_t{*layer.row});
    if (layer.stage) file_.attribute(group_, "stage", std::int64_t{*layer.stage});
    file_.attribute(group_, "dtype", name(layer.dtype));
    file_.attribute(group_, "n", static_cast<std::int64_t>(model::order(layer)));
    file_.attribute(group_, "winding_status", name(report_.winding.status));
    if (report_.winding.status == analysis::IndexStatus::certified)
      file_.attribute(group_, "winding_number", report_.winding.number);
  }

  /// What there is besides the taps, where they are not simply stored.
  void derivation() {
    const auto& layer = report_.layer;
    const std::size_t n = model::order(layer);
    if (!layer.matrix.empty()) array("matrix", {n, n}, layer.matrix, "dense causal matrix W[t, s]");
    if (!layer.derivation.empty()) file_.attribute(group_, "derivation", layer.derivation);
    if (!layer.derivation.empty() || layer.tap_error_l1 > 0)
      file_.attribute(group_, "tap_error_l1", layer.tap_error_l1);
    if (!layer.network_taps.empty())
      array("network_taps", {n}, layer.network_taps, "taps as the network computes them");
    if (!layer.row_divisor.empty())
      array("row_divisor", {n}, layer.row_divisor, "c_t: the layer is diag(1/c) T");
    if (const auto remarks = operator_remarks(layer); !remarks.empty())
      file_.attribute(group_, "remarks", joined(remarks));
  }

  void spectrum(const analysis::Spectrum& values, const std::string& prefix, const std::string& of_what) {
    std::vector<double> mantissa, error;
    std::vector<std::int64_t> exponent, status, method;
    for (const analysis::SingularValue& sigma : values.values) {
      method.push_back(static_cast<std::int64_t>(std::ranges::find(methods, sigma.method) - methods.begin()));
      mantissa.push_back(sigma.value.mantissa);
      exponent.push_back(sigma.value.exponent);
      error.push_back(sigma.status == Status::below_precision ? nothing : sigma.relative_error);
      status.push_back(place(sigma.status));
    }
    const std::vector<std::size_t> shape{mantissa.size()};
    array(prefix + "mantissa", shape, mantissa, of_what + ", descending: mantissa * 10^exponent10");
    array(prefix + "exponent10", shape, exponent, "see " + prefix + "mantissa");
    array(prefix + "relative_error", shape, error,
          "bound or estimate of |value - sigma|/sigma; NaN where the value is only a bound");
    array(prefix + "status", shape, status, "place in status_names");
    array(prefix + "method", shape, method, "place in method_names");
  }

  void zeros() {
    if (!report_.zeros) return;
    std::vector<double> rows;
    std::vector<std::int64_t> together;
    for (const analysis::Zero& zero : report_.zeros->zeros) {
      rows.insert(rows.end(), {zero.z.real(), zero.z.imag(), zero.radius});
      together.push_back(static_cast<std::int64_t>(zero.together));
    }
    array("zeros", {rows.size() / 3, 3}, rows,
          report_.zeros->converged ? "re, im, radius" : "re, im, radius; NOT CONVERGED");
    if (std::ranges::any_of(together, [](std::int64_t count) { return count > 1; }))
      array("zeros_together", {together.size()}, together,
            "zeros that the cluster of each of `zeros` holds; 1: isolated");
  }

  void symbol() {
    const auto curve = analysis::uniform_symbol(report_.layer.taps);
    std::vector<double> rows;
    for (const std::complex<double> value : curve) rows.insert(rows.end(), {value.real(), value.imag()});
    array("symbol", {curve.size(), 2}, rows, "re, im of a(exp(i theta)), theta = pi j/n, j = 0 ... n");
  }

  void plane(const analysis::Plane& of) {
    const std::vector<std::size_t> shape{of.y.size(), of.x.size()};
    array("plane_re", {of.x.size()}, of.x, "Re lambda, columns of plane_...");
    array("plane_im", {of.y.size()}, of.y, "Im lambda, rows of plane_...; the lower half plane mirrors them");
    array("plane_log10_resolvent", shape, of.log10_resolvent,
          "log10 of the norm of (T_n - lambda)^-1; NaN where only a bracket is known, inf at lambda = w_0");
    array("plane_relative_error", shape, of.relative_error,
          "estimate of |value - norm|/norm; NaN where only a bracket is known");
    array("plane_winding_number", shape, winding_numbers(of),
          "N(lambda), certified: T(a) - lambda has the index -N; NaN on the curve and where it is undecided");
  }

  void measures() {
    std::vector<double> rows, bounds, null;
    std::string names;
    for (const auto& [id, measure] : report_.measures) {
      names += (names.empty() ? "" : " ") + id;
      const bool number = measure.status == Status::certified || measure.status == Status::numerical;
      const bool bound = measure.status == Status::below_precision;
      const bool upper = measure.bound == analysis::Measure::Bound::upper;
      rows.insert(rows.end(), {number ? measure.value : nothing, number ? measure.error : nothing,
                               static_cast<double>(place(measure.status))});
      bounds.insert(bounds.end(),
                    {bound && !upper ? measure.value : nothing, bound && upper ? measure.value : nothing});
      const auto found = std::ranges::find(report_.null, id, &analysis::NullComparison::id);
      if (found == report_.null.end())
        null.insert(null.end(), 5, nothing);
      else
        null.insert(null.end(), {static_cast<double>(found->draws), found->mean, found->deviation,
                                 found->z_score.value_or(nothing), found->rank});
    }
    const std::size_t count = report_.measures.size();
    array("measures", {count, 3}, rows, "value, error, status (place in status_names)");
    file_.attribute(group_ + "/measures", "measure_names", names);
    file_.attribute(group_ + "/measures", "status_names", status_names());
    array("measure_bounds", {count, 2}, bounds, "lower, upper, where only a bound is known");
    if (!report_.null.empty()) array("null_model", {count, 5}, null, "draws, mean, deviation, z-score, rank");
  }

  /// What read_operator needs besides the arrays.
  void rest(const std::string& key) {
    const std::string json =
        json_object(
            {{"key", json_string(key)}, {"operator", operator_json(report_, ReportArrays::left_out, 2)}}, 1) +
        "\n";
    const DatasetInfo info{"", {json.size()}, Element::unsigned_integer, 1, "uint8"};
    file_.raw(group_ + "/" + operator_json_name, info, std::as_bytes(std::span(json)));
  }

  ArrayWriter& file_;
  std::string group_;
  const OperatorReport& report_;
};

}  // namespace

std::string status_names() {
  std::string names;
  for (const Status status : statuses) names += (names.empty() ? "" : " ") + std::string(name(status));
  for (const char* two : {"below precision", "not defined"}) {
    const std::size_t at = names.find(two);
    names[names.find(' ', at)] = '_';
  }
  return names;
}

std::string method_names() {
  std::vector<std::string> names;
  for (const SpectrumMethod method : methods) names.emplace_back(name(method));
  return joined(names);
}

std::string joined(const std::vector<std::string>& warnings) {
  std::string lines;
  for (const std::string& warning : warnings) lines += (lines.empty() ? "" : "\n") + warning;
  return lines;
}

void write_operator(ArrayWriter& file, const std::string& group, const OperatorReport& report,
                    const std::string& key) {
  OperatorWriter(file, group, report).write(key);
}

}  // namespace tmm::io
