// SPDX-License-Identifier: MIT
#include "io/result/read_operator.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "io/report/operator_derivation.hpp"
#include "io/report/plane_json.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::Status;
using Cursor = JsonCursor;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Status read_status(const Cursor& at) {
  return at.one_of({Status::certified, Status::numerical, Status::below_precision, Status::undecided,
                    Status::not_defined});
}

double read_value(const Cursor& at) {
  if (!at.has("value_text")) return at["value"].number();
  const Cursor text = at["value_text"];
  if (text.text() == "inf") return infinity;
  if (text.text() == "-inf") return -infinity;
  text.fail("inf, -inf");
}

std::vector<analysis::NamedMeasure> read_measures(const Cursor& at) {
  std::vector<analysis::NamedMeasure> measures;
  at.each_member([&](const std::string& id, const Cursor& measure) {
    measures.push_back({id, read_measure(measure)});
  });
  return measures;
}

analysis::ScaledReal read_scaled(const Cursor& at) {
  return {at["mantissa"].number(), at["exponent10"].integer<std::int64_t>()};
}

analysis::WindingCertificate read_certificate(const Cursor& at) {
  analysis::WindingCertificate certificate;
  certificate.root_arcs = at["root_arcs"].integer<std::uint64_t>();
  certificate.arcs = at["arcs"].integer<std::uint64_t>();
  certificate.disc_tests = at["disc_tests"].integer<std::uint64_t>();
  certificate.line_tests = at["line_tests"].integer<std::uint64_t>();
  certificate.extended_arcs = at["extended_arcs"].integer<std::uint64_t>();
  certificate.depth = at["depth"].integer<int>();
  certificate.bits = at["bits"].integer<int>();
  certificate.sign_at_one = at["sign_at_one"].integer<int>();
  certificate.sign_at_minus_one = at["sign_at_minus_one"].integer<int>();
  return certificate;
}

analysis::Winding read_winding(const Cursor& at) {
  using analysis::IndexStatus;
  analysis::Winding winding;
  winding.status = at["status"].one_of(
      {IndexStatus::certified, IndexStatus::not_fredholm, IndexStatus::undecided, IndexStatus::no_symbol});
  if (winding.status == IndexStatus::certified) winding.number = at["number"].integer<std::int64_t>();
  const bool bounded = !at["lowest"].is_null();  // not for the zero operator
  winding.lowest = bounded ? at["lowest"].integer<std::int64_t>() : 0;
  winding.highest = bounded ? at["highest"].integer<std::int64_t>() : -1;
  winding.reason = at["reason"].text();
  winding.margin = at["margin"].number_or(not_a_number);
  winding.margin_upper = at["margin_upper"].number_or(infinity);
  winding.closest_theta = at["closest_theta"].number_or(not_a_number);
  winding.radius = at["radius"].number_or(not_a_number);
  winding.certificate = read_certificate(at["certificate"]);
  return winding;
}

analysis::IdentityCheck read_identity(const Cursor& at) {
  using Outcome = analysis::IdentityCheck::Outcome;
  analysis::IdentityCheck check;
  check.identity = at["identity"].text();
  check.outcome = at["outcome"].one_of({Outcome::held, Outcome::failed, Outcome::not_applicable});
  check.expected = at["expected"].number_or(not_a_number);
  check.found = at["found"].number_or(not_a_number);
  check.tolerance = at["tolerance"].number_or(not_a_number);
  return check;
}

analysis::SingularValue read_singular_value(const Cursor& at) {
  using analysis::SpectrumMethod;
  analysis::SingularValue sigma;
  sigma.value = read_scaled(at);
  sigma.status = read_status(at["status"]);
  sigma.relative_error = at["relative_error"].number_or(infinity);
  sigma.method =
      at["method"].one_of({SpectrumMethod::leading_zeros, SpectrumMethod::single_tap, SpectrumMethod::lapack,
                           SpectrumMethod::residues, SpectrumMethod::balls, SpectrumMethod::dense});
  return sigma;
}

std::optional<analysis::Spectrum> read_spectrum(const Cursor& at, std::size_t n,
                                                const std::vector<analysis::SingularValue>* stored) {
  if (at.is_null()) return std::nullopt;
  analysis::Spectrum spectrum;
  spectrum.method = at["method"].text();
  spectrum.sigma_max = read_scaled(at["sigma_max"]);
  spectrum.floor = read_scaled(at["floor"]);
  spectrum.exact_zeros = at["exact_zeros"].integer<std::size_t>();
  spectrum.unresolved = at["unresolved"].integer<std::size_t>();
  const Cursor identities = at["identities"];
  if (identities.size() != 2) identities.fail("two identities");
  std::vector<analysis::IdentityCheck> checks;
  identities.each([&](const Cursor& check) { checks.push_back(read_identity(check)); });
  spectrum.frobenius = checks[0];
  spectrum.determinant = checks[1];
  const Cursor values = at["singular_values"];
  if (stored != nullptr && values.is_null())
    spectrum.values = *stored;
  else
    values.each([&](const Cursor& sigma) { spectrum.values.push_back(read_singular_value(sigma)); });
  if (spectrum.values.size() != n) values.fail("n singular values");
  return spectrum;
}

std::vector<analysis::ExtremeValue> read_extreme_values(const Cursor& at) {
  std::vector<analysis::ExtremeValue> values;
  at.each([&](const Cursor& value) {
    values.push_back(
        {read_scaled(value), value["relative_error"].number_or(infinity), value["method"].text()});
    if (value.has("status")) values.back().status = value["status"].one_of({Status::below_precision});
  });
  return values;
}

std::optional<analysis::ExtremeSpectrum> read_extremes(const Cursor& at) {
  if (at.is_null()) return std::nullopt;
  analysis::ExtremeSpectrum extremes;
  extremes.exact_zeros = at["exact_zeros"].integer<std::size_t>();
  const Cursor lower = at["sigma_min_lower"], upper = at["sigma_min_upper"];
  extremes.bracket_known = !lower.is_null();
  if (extremes.bracket_known) {
    extremes.sigma_min_lower = read_scaled(lower);
    extremes.sigma_min_upper = read_scaled(upper);
  }
  extremes.largest = read_extreme_values(at["largest"]);
  extremes.smallest = read_extreme_values(at["smallest"]);
  extremes.notes = read_texts(at["notes"]);
  return extremes;
}

std::optional<analysis::Zeros> read_zeros(const Cursor& at, const std::vector<analysis::Zero>* stored) {
  if (at.is_null()) return std::nullopt;
  analysis::Zeros zeros;
  zeros.converged = at["status"].one_of({Status::numerical, Status::undecided}) == Status::numerical;
  zeros.at_origin = at["at_origin"].integer<std::size_t>();
  zeros.inside = at["inside"].integer<std::size_t>();
  zeros.unclear = at["unclear"].integer<std::size_t>();
  const Cursor list = at["list"];
  if (stored != nullptr && list.is_null()) {
    zeros.zeros = *stored;
    return zeros;
  }
  list.each([&](const Cursor& zero) {
    zeros.zeros.push_back({{zero["re"].number_or(not_a_number), zero["im"].number_or(not_a_number)},
                           zero["radius"].number_or(infinity)});
    if (zero.has("together")) zeros.zeros.back().together = zero["together"].integer<std::size_t>();
  });
  return zeros;
}

std::vector<analysis::Section> read_sections(const Cursor& at) {
  std::vector<analysis::Section> sections;
  at.each([&](const Cursor& section) {
    sections.push_back({section["n"].integer<std::size_t>(), read_measures(section["measures"])});
  });
  return sections;
}

std::vector<analysis::NullComparison> read_null(const Cursor& at) {
  std::vector<analysis::NullComparison> comparisons;
  at.each_member([&](const std::string& id, const Cursor& from) {
    analysis::NullComparison comparison{id,
                                        from["draws"].integer<std::size_t>(),
                                        from["mean"].number_or(not_a_number),
                                        from["deviation"].number_or(not_a_number),
                                        {},
                                        from["rank"].number_or(not_a_number)};
    const Cursor score = from["z_score"];
    if (!score.is_null()) comparison.z_score = score.number();
    comparisons.push_back(std::move(comparison));
  });
  return comparisons;
}

std::optional<int> read_optional(const Cursor& at) {
  return at.is_null() ? std::nullopt : std::optional(at.integer<int>());
}

model::LayerOperator read_layer(const Cursor& at) {
  using model::DType;
  model::LayerOperator layer;
  layer.name = at["name"].text();
  layer.part = at["part"].text();
  layer.block = at["block"].integer<int>();
  layer.head = read_optional(at["head"]);
  layer.row = read_optional(at["row"]);
  layer.stage = read_optional(at["stage"]);
  layer.dtype = at["dtype"].one_of({DType::float16, DType::bfloat16, DType::float32, DType::float64});
  const Cursor taps = at["taps"];
  taps.each([&](const Cursor& tap) { layer.taps.push_back(tap.number()); });
  const auto n = at["n"].integer<std::size_t>();
  read_derivation(at, n, layer);
  const bool dense = layer.kind == model::OperatorKind::dense_causal;
  if (n == 0 || layer.taps.size() != (dense ? 0 : n)) taps.fail(dense ? "no numbers" : "n numbers, n > 0");
  return layer;
}

}  // namespace

analysis::Measure read_measure(const Cursor& at) {
  Measure measure{not_a_number, read_status(at["status"]), 0, at["method"].text()};
  if (measure.status == Status::certified || measure.status == Status::numerical) {
    measure.value = read_value(at);
    measure.error = at["error"].number();
  } else if (measure.status == Status::below_precision) {
    const bool upper = at.has("upper_bound");
    measure.bound = upper ? Measure::Bound::upper : Measure::Bound::lower;
    measure.value = at[upper ? "upper_bound" : "lower_bound"].number();
  }
  return measure;
}

std::vector<std::string> read_texts(const Cursor& at) {
  std::vector<std::string> texts;
  at.each([&](const Cursor& text) { texts.push_back(text.text()); });
  return texts;
}

analysis::OperatorReport read_operator(const Cursor& at, const StoredArrays* stored,
                                       const model::LayerOperator* layer) {
  analysis::OperatorReport report;
  report.layer = layer == nullptr ? read_layer(at) : *layer;
  report.winding = read_winding(at["winding"]);
  report.measures = read_measures(at["measures"]);
  const std::size_t n = model::order(report.layer);
  report.spectrum = read_spectrum(at["spectrum"], n, stored == nullptr ? nullptr : &stored->spectrum);
  if (at.has("row_divided_spectrum"))
    report.divided =
        read_spectrum(at["row_divided_spectrum"], n, stored == nullptr ? nullptr : &stored->divided);
  report.extremes = read_extremes(at["extremes"]);
  report.zeros = read_zeros(at["zeros"], stored == nullptr ? nullptr : &stored->zeros);
  if (at.has("pseudospectra"))
    report.plane = read_plane(at["pseudospectra"], stored == nullptr ? nullptr : &stored->plane);
  report.sections = read_sections(at["sections"]);
  report.null = read_null(at["null_model"]);
  report.warnings = read_texts(at["warnings"]);
  return report;
}

}  // namespace tmm::io
