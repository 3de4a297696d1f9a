// SPDX-License-Identifier: MIT
#include "io/result/operator_message.hpp"

#include <bit>
#include <cstdint>
#include <vector>

#include "io/files/byte_message.hpp"
#include "io/json/json_document.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/plane_json.hpp"
#include "io/result/read_operator.hpp"

namespace tmm::io {
namespace {

using analysis::SingularValue, analysis::Zero;

constexpr std::size_t word = sizeof(std::uint64_t);

void append(MessageWriter& message, double value) {
  message.number(std::bit_cast<std::uint64_t>(value));
}

double take_double(MessageReader& message) {
  return std::bit_cast<double>(message.number());
}

void append(MessageWriter& message, const std::optional<analysis::Spectrum>& spectrum) {
  message.number(spectrum ? spectrum->values.size() : 0);
  if (!spectrum) return;
  for (const SingularValue& v : spectrum->values) {
    append(message, v.value.mantissa);
    message.number(static_cast<std::uint64_t>(v.value.exponent));
    append(message, v.relative_error);
    message.number(static_cast<std::uint64_t>(v.status));
    message.number(static_cast<std::uint64_t>(v.method));
  }
}

std::vector<SingularValue> take_singular_values(MessageReader& message) {
  std::vector<SingularValue> values(message.count(5 * word));
  for (SingularValue& v : values) {
    v.value.mantissa = take_double(message);
    v.value.exponent = static_cast<std::int64_t>(message.number());
    v.relative_error = take_double(message);
    v.status = static_cast<analysis::Status>(message.number());
    v.method = static_cast<analysis::SpectrumMethod>(message.number());
  }
  return values;
}

void append(MessageWriter& message, const std::optional<analysis::Zeros>& zeros) {
  message.number(zeros ? zeros->zeros.size() : 0);
  if (!zeros) return;
  for (const Zero& zero : zeros->zeros) {
    append(message, zero.z.real());
    append(message, zero.z.imag());
    append(message, zero.radius);
    message.number(zero.together);
  }
}

std::vector<Zero> take_zeros(MessageReader& message) {
  std::vector<Zero> zeros(message.count(4 * word));
  for (Zero& zero : zeros) {
    const double re = take_double(message), im = take_double(message);
    zero.z = {re, im};
    zero.radius = take_double(message);
    zero.together = message.number();
  }
  return zeros;
}

void append(MessageWriter& message, const std::vector<double>& values) {
  message.number(values.size());
  for (const double value : values) append(message, value);
}

std::vector<double> take_doubles(MessageReader& message) {
  std::vector<double> values(message.count(word));
  for (double& value : values) value = take_double(message);
  return values;
}

void append(MessageWriter& message, const std::optional<analysis::Plane>& found) {
  const analysis::Plane plane = found.value_or(analysis::Plane());
  for (const auto* values : {&plane.x, &plane.y, &plane.log10_resolvent, &plane.relative_error})
    append(message, *values);
  append(message, winding_numbers(plane));
}

analysis::Plane take_plane(MessageReader& message) {
  analysis::Plane plane;
  for (auto* values : {&plane.x, &plane.y, &plane.log10_resolvent, &plane.relative_error})
    *values = take_doubles(message);
  set_winding_numbers(plane, take_doubles(message));
  return plane;
}

}  // namespace

std::string operator_message(const analysis::OperatorReport& report) {
  MessageWriter message;
  message.text(operator_json(report, ReportArrays::left_out, 1));
  append(message, report.spectrum);
  append(message, report.divided);
  append(message, report.zeros);
  append(message, report.plane);
  return message.take();
}

analysis::OperatorReport read_operator_message(std::string_view bytes, const model::LayerOperator& layer) {
  MessageReader message(bytes);
  const std::string place = "message about " + layer.name, json = message.text();
  StoredArrays arrays;
  arrays.spectrum = take_singular_values(message);
  arrays.divided = take_singular_values(message);
  arrays.zeros = take_zeros(message);
  arrays.plane = take_plane(message);
  const auto document = parse_json_document(json, place);
  return read_operator(JsonCursor(place, document), &arrays, &layer);
}

}  // namespace tmm::io
