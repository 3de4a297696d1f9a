// SPDX-License-Identifier: MIT
#include "io/report/operator_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "io/json/json_text.hpp"
#include "io/report/operator_derivation.hpp"
#include "io/report/plane_json.hpp"

namespace tmm::io {

using analysis::Measure, analysis::OperatorReport, analysis::Status;

std::string measure_json(const Measure& measure) {
  const bool bound_only = measure.status == Status::below_precision;
  JsonMembers members;
  append_number(members, "value", bound_only ? NAN : measure.value);
  if (bound_only)
    members.emplace_back(measure.bound == Measure::Bound::upper ? "upper_bound" : "lower_bound",
                         json_number(measure.value));
  members.emplace_back("status", json_string(name(measure.status)));
  const bool has_error = measure.status == Status::certified || measure.status == Status::numerical;
  members.emplace_back("error", has_error ? json_number(measure.error) : "null");
  members.emplace_back("method", json_string(measure.method));
  return json_line(members);
}

std::string strings_json(const std::vector<std::string>& texts, int depth) {
  std::vector<std::string> elements;
  for (const std::string& text : texts) elements.push_back(json_string(text));
  return json_array(elements, depth);
}

namespace {

std::string optional_integer(const std::optional<int>& value) {
  return value ? json_integer(*value) : "null";
}

std::string measures_json(const std::vector<analysis::NamedMeasure>& measures, int depth) {
  JsonMembers members;
  for (const auto& [id, measure] : measures) members.emplace_back(id, measure_json(measure));
  return json_object(members, depth);
}

std::string winding_json(const analysis::Winding& w, int depth) {
  const auto& c = w.certificate;
  const bool certified = w.status == analysis::IndexStatus::certified;
  return json_object({{"status", json_string(name(w.status))},
                      {"number", certified ? json_integer(w.number) : "null"},
                      {"lowest", w.lowest > w.highest ? "null" : json_integer(w.lowest)},
                      {"highest", w.lowest > w.highest ? "null" : json_integer(w.highest)},
                      {"reason", json_string(w.reason)},
                      {"margin", json_number(w.margin)},
                      {"margin_upper", json_number(w.margin_upper)},
                      {"closest_theta", json_number(w.closest_theta)},
                      {"radius", json_number(w.radius)},
                      {"certificate", json_line({{"root_arcs", json_integer(c.root_arcs)},
                                                 {"arcs", json_integer(c.arcs)},
                                                 {"disc_tests", json_integer(c.disc_tests)},
                                                 {"line_tests", json_integer(c.line_tests)},
                                                 {"extended_arcs", json_integer(c.extended_arcs)},
                                                 {"depth", json_integer(c.depth)},
                                                 {"bits", json_integer(c.bits)},
                                                 {"sign_at_one", json_integer(c.sign_at_one)},
                                                 {"sign_at_minus_one", json_integer(c.sign_at_minus_one)}})}},
                     depth);
}

/// m·10^e of values that double may not hold.
std::string scaled_json(const analysis::ScaledReal& value) {
  return json_line({{"mantissa", json_number(value.mantissa)}, {"exponent10", json_integer(value.exponent)}});
}

/// One singular value: as a double where that holds it (1e-343 has been met), and always exactly as mantissa
/// and exponent. Where only a bound is known, those are the bound's.
std::string singular_value_json(const analysis::SingularValue& sigma) {
  const std::string value = sigma.value.fits_double() ? json_number(sigma.value.to_double()) : "null";
  const bool bound_only = sigma.status == Status::below_precision;
  JsonMembers members{{"value", bound_only ? "null" : value}};
  if (bound_only) members.emplace_back("upper_bound", value);
  members.emplace_back("mantissa", json_number(sigma.value.mantissa));
  members.emplace_back("exponent10", json_integer(sigma.value.exponent));
  members.emplace_back("status", json_string(name(sigma.status)));
  members.emplace_back("relative_error", json_number(sigma.relative_error));
  members.emplace_back("method", json_string(name(sigma.method)));
  return json_line(members);
}

std::string identity_json(const analysis::IdentityCheck& check) {
  return json_line({{"identity", json_string(check.identity)},
                    {"outcome", json_string(name(check.outcome))},
                    {"expected", json_number(check.expected)},
                    {"found", json_number(check.found)},
                    {"tolerance", json_number(check.tolerance)}});
}

std::string spectrum_json(const std::optional<analysis::Spectrum>& spectrum, ReportArrays arrays, int depth) {
  if (!spectrum) return "null";
  std::vector<std::string> values;
  if (arrays == ReportArrays::written)
    for (const analysis::SingularValue& sigma : spectrum->values)
      values.push_back(singular_value_json(sigma));
  return json_object(
      {{"method", json_string(spectrum->method)},
       {"sigma_max", scaled_json(spectrum->sigma_max)},
       {"floor", scaled_json(spectrum->floor)},
       {"exact_zeros", json_integer(spectrum->exact_zeros)},
       {"unresolved", json_integer(spectrum->unresolved)},
       {"identities",
        json_array({identity_json(spectrum->frobenius), identity_json(spectrum->determinant)}, depth + 1)},
       {"singular_values", arrays == ReportArrays::written ? json_array(values, depth + 1) : "null"}},
      depth);
}

/// Of a bound alone the status says so.
std::string extreme_value_json(const analysis::ExtremeValue& v) {
  JsonMembers members{{"mantissa", json_number(v.value.mantissa)},
                      {"exponent10", json_integer(v.value.exponent)},
                      {"relative_error", json_number(v.relative_error)},
                      {"method", json_string(v.method)}};
  if (v.status == Status::below_precision) members.emplace_back("status", json_string(name(v.status)));
  return json_line(members);
}

std::string extremes_json(const std::optional<analysis::ExtremeSpectrum>& extremes, int depth) {
  if (!extremes) return "null";
  const auto list = [&](const std::vector<analysis::ExtremeValue>& values) {
    std::vector<std::string> elements;
    for (const analysis::ExtremeValue& v : values) elements.push_back(extreme_value_json(v));
    return json_array(elements, depth + 1);
  };
  const bool bracket = extremes->bracket_known && extremes->exact_zeros == 0;
  return json_object({{"exact_zeros", json_integer(extremes->exact_zeros)},
                      {"sigma_min_lower", bracket ? scaled_json(extremes->sigma_min_lower) : "null"},
                      {"sigma_min_upper", bracket ? scaled_json(extremes->sigma_min_upper) : "null"},
                      {"largest", list(extremes->largest)},
                      {"smallest", list(extremes->smallest)},
                      {"notes", strings_json(extremes->notes, depth + 1)}},
                     depth);
}

/// Zeros of a cluster say how many it holds.
std::string zero_json(const analysis::Zero& zero) {
  JsonMembers members{{"re", json_number(zero.z.real())},
                      {"im", json_number(zero.z.imag())},
                      {"radius", json_number(zero.radius)}};
  if (zero.together > 1) members.emplace_back("together", json_integer(zero.together));
  return json_line(members);
}

/// Zeros by modulus; null where they were not computed.
std::string zeros_json(const std::optional<analysis::Zeros>& zeros, ReportArrays arrays, int depth) {
  if (!zeros) return "null";
  std::vector<std::string> elements;
  if (arrays == ReportArrays::written)
    for (const analysis::Zero& zero : zeros->zeros) elements.push_back(zero_json(zero));
  return json_object({{"status", json_string(name(zeros->converged ? Status::numerical : Status::undecided))},
                      {"method", json_string("Ehrlich-Aberth; a true zero lies within radius")},
                      {"at_origin", json_integer(zeros->at_origin)},
                      {"inside", json_integer(zeros->inside)},
                      {"unclear", json_integer(zeros->unclear)},
                      {"list", arrays == ReportArrays::written ? json_array(elements, depth + 1) : "null"}},
                     depth);
}

std::string sections_json(const std::vector<analysis::Section>& sections, int depth) {
  std::vector<std::string> elements;
  for (const analysis::Section& section : sections)
    elements.push_back(json_object(
        {{"n", json_integer(section.length)}, {"measures", measures_json(section.measures, depth + 2)}},
        depth + 1));
  return json_array(elements, depth);
}

std::string null_json(const std::vector<analysis::NullComparison>& comparisons, int depth) {
  JsonMembers members;
  for (const analysis::NullComparison& c : comparisons)
    members.emplace_back(c.id, json_line({{"draws", json_integer(c.draws)},
                                          {"mean", json_number(c.mean)},
                                          {"deviation", json_number(c.deviation)},
                                          {"z_score", c.z_score ? json_number(*c.z_score) : "null"},
                                          {"rank", json_number(c.rank)}}));
  return json_object(members, depth);
}

}  // namespace

std::string operator_json(const OperatorReport& report, ReportArrays arrays, int depth) {
  const auto& layer = report.layer;
  JsonMembers members{{"name", json_string(layer.name)},
                      {"part", json_string(layer.part)},
                      {"block", json_integer(layer.block)},
                      {"head", optional_integer(layer.head)},
                      {"row", optional_integer(layer.row)},
                      {"stage", optional_integer(layer.stage)},
                      {"dtype", json_string(name(layer.dtype))},
                      {"n", json_integer(model::order(layer))},
                      {"taps", arrays == ReportArrays::written ? json_list(layer.taps) : "null"}};
  append_derivation(members, layer, arrays == ReportArrays::written, depth);
  const JsonMembers results{{"winding", winding_json(report.winding, depth + 1)},
                            {"measures", measures_json(report.measures, depth + 1)},
                            {"spectrum", spectrum_json(report.spectrum, arrays, depth + 1)},
                            {"extremes", extremes_json(report.extremes, depth + 1)},
                            {"zeros", zeros_json(report.zeros, arrays, depth + 1)},
                            {"sections", sections_json(report.sections, depth + 1)},
                            {"null_model", null_json(report.null, depth + 1)},
                            {"warnings", strings_json(report.warnings, depth + 1)}};
  members.insert(members.end(), results.begin(), results.end());
  if (report.divided)
    members.emplace_back("row_divided_spectrum", spectrum_json(report.divided, arrays, depth + 1));
  if (report.plane) members.emplace_back("pseudospectra", plane_json(*report.plane, arrays, depth + 1));
  return json_object(members, depth);
}

}  // namespace tmm::io
