// SPDX-License-Identifier: MIT
#include "io/report/page_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <vector>

#include "analysis/symbol/symbol_curve.hpp"
#include "io/json/json_text.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/packed_numbers.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t quantile_count = 128;
// Of planes.
constexpr std::size_t most_columns = 161, most_rows = 81, most_labels = 24, least_labelled = 12;

/// Decimal digits of a value that its relative error leaves, as format_number counts them.
int known_digits(const analysis::SingularValue& sigma) {
  if (sigma.status == analysis::Status::below_precision) return 0;
  if (sigma.relative_error <= 0) return 17;
  if (!std::isfinite(sigma.relative_error)) return 0;
  const double error = sigma.relative_error * std::fabs(sigma.value.mantissa);
  const int last = static_cast<int>(std::ceil(std::log10(error) + std::log10(2.0)));
  return std::clamp(1 - last, 0, 17);
}

/// [["a", 3], ["b", 1]] of a, a, a, b.
std::string runs_json(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size();) {
    std::size_t end = i;
    while (end < names.size() && names[end] == names[i]) ++end;
    text += (text.empty() ? "[" : ", [") + json_string(names[i]) + ", " + std::to_string(end - i) + "]";
    i = end;
  }
  return "[" + text + "]";
}

std::string sigma_json(const analysis::OperatorReport& report) {
  if (!report.spectrum) return "null";
  std::vector<double> values, mantissas;
  std::vector<std::int64_t> exponents;
  std::vector<int> digits;
  std::vector<std::string_view> statuses, methods;
  bool held = true;
  for (const analysis::SingularValue& sigma : report.spectrum->values) {
    values.push_back(sigma.value.to_double());
    held = held && sigma.value.fits_double();
    mantissas.push_back(sigma.value.mantissa);
    exponents.push_back(sigma.value.exponent);
    digits.push_back(known_digits(sigma));
    statuses.push_back(name(sigma.status));
    methods.push_back(name(sigma.method));
  }
  JsonMembers members;
  if (held) {
    members.emplace_back("value", packed<double>(values));
  } else {
    members.emplace_back("mantissa", packed<double>(mantissas));
    members.emplace_back("exponent", packed<std::int32_t>(exponents));
  }
  members.emplace_back("digits", packed<std::uint8_t>(digits));
  members.emplace_back("status", runs_json(statuses));
  members.emplace_back("method", runs_json(methods));
  return json_line(members);
}

std::string zeros_json(const analysis::OperatorReport& report) {
  if (!report.zeros) return "null";
  std::vector<double> re, im;
  std::vector<float> radius;
  std::vector<std::int32_t> together;
  for (const analysis::Zero& zero : report.zeros->zeros) {
    if (zero.z.imag() < 0) continue;
    re.push_back(zero.z.real());
    im.push_back(zero.z.imag());
    radius.push_back(std::nextafter(static_cast<float>(zero.radius), std::numeric_limits<float>::infinity()));
    together.push_back(static_cast<std::int32_t>(zero.together));
  }
  JsonMembers members{
      {"re", packed<double>(re)}, {"im", packed<double>(im)}, {"radius", packed<float>(radius)}};
  if (std::ranges::any_of(together, [](std::int32_t count) { return count > 1; }))
    members.emplace_back("together", packed<std::int32_t>(together));
  if (report.zeros->at_origin > 0) members.emplace_back("at_origin", std::to_string(report.zeros->at_origin));
  return json_line(members);
}

/// Every so manieth from the middle of a grid outwards, or from its first.
std::vector<std::size_t> thinned(std::size_t size, std::size_t most, bool from_middle) {
  const std::size_t stride = std::max<std::size_t>((size + most - 3) / (most - 1), 1);
  std::vector<std::size_t> places;
  for (std::size_t i = from_middle ? size / 2 % stride : 0; i < size; i += stride) places.push_back(i);
  return places;
}

/// [[3, 2], [null, 1]] of 3, 3, none.
std::string number_runs(const std::vector<std::optional<std::int64_t>>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end < numbers.size() && numbers[end] == numbers[i]) ++end;
    text += fmt::format("{}[{}, {}]", text.empty() ? "" : ", ",
                        numbers[i] ? std::to_string(*numbers[i]) : "null", end - i);
    i = end;
  }
  return "[" + text + "]";
}

std::string plane_json(const analysis::Plane& plane) {
  const auto columns = thinned(plane.x.size(), most_columns, true),
             rows = thinned(plane.y.size(), most_rows, false);
  analysis::Plane part;
  for (const std::size_t column : columns) part.x.push_back(plane.x[column]);
  for (const std::size_t row : rows) {
    part.y.push_back(plane.y[row]);
    for (const std::size_t column : columns) {
      const std::size_t at = row * plane.x.size() + column;
      part.log10_resolvent.push_back(plane.log10_resolvent[at]);
      part.winding_number.push_back(plane.winding_number[at]);
    }
  }
  std::string labels;
  std::size_t count = 0;
  for (const analysis::PlaneRegion& region : analysis::plane_regions(part)) {
    if (count++ == most_labels || (count > 2 && region.points < least_labelled)) break;
    labels += fmt::format("{}[{}, {}, {}]", labels.empty() ? "" : ", ", region.winding_number,
                          json_number(region.label.real()), json_number(region.label.imag()));
  }
  return json_line({{"re", packed<double>(part.x)},
                    {"im", packed<double>(part.y)},
                    {"log10_resolvent", packed<float>(part.log10_resolvent)},
                    {"winding_number", number_runs(part.winding_number)},
                    {"labels", "[" + labels + "]"}});
}

/// The measures of leading sections that a card shows.
constexpr std::array<std::string_view, 5> section_columns{"winding_number", "index_margin", "sigma_max",
                                                          "log10_sigma_min", "effective_index_float32"};

std::string measure_text(std::string_view id, const analysis::Measure& measure) {
  return json_string(format_measure(measure, measure_style(id)));
}

}  // namespace

std::string embeddable_json(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<' || c == '>' || c == '&') {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (c == '\n') {  // no string holds a bare line break
      while (i + 1 < json.size() && json[i + 1] == ' ') ++i;
    } else {
      text += c;
    }
  }
  return text;
}

std::string page_operator_json(const analysis::OperatorReport& report) {
  JsonMembers texts;
  for (const auto& [id, measure] : report.measures) texts.emplace_back(id, measure_text(id, measure));
  JsonMembers members{{"label", json_string(model::layer_label(report.layer))}, {"texts", json_line(texts)}};
  std::string sections;
  for (const analysis::Section& section : report.sections) {
    JsonMembers row;
    for (const auto& [id, measure] : section.measures)
      if (std::ranges::find(section_columns, id) != section_columns.end())
        row.emplace_back(id, measure_text(id, measure));
    sections += (sections.empty() ? "" : ", ") + json_line(row);
  }
  if (!sections.empty()) members.emplace_back("sections", "[" + sections + "]");
  return json_line(members);
}

std::string page_arrays_json(const analysis::OperatorReport& report) {
  const std::vector<double>& taps = report.layer.taps;
  if (report.layer.kind == model::OperatorKind::dense_causal)
    return json_line(
        {{"taps", "null"}, {"sigma", sigma_json(report)}, {"quantiles", "null"}, {"zeros", "null"}});
  JsonMembers members{{"taps", packed_taps(taps)},
                      {"sigma", sigma_json(report)},
                      {"quantiles", packed<float>(analysis::modulus_quantiles(taps, quantile_count))},
                      {"zeros", zeros_json(report)}};
  if (report.plane) members.emplace_back("plane", plane_json(*report.plane));
  return json_line(members);
}

}  // namespace tmm::io
