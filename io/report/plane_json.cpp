// SPDX-License-Identifier: MIT
#include "io/report/plane_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "io/json/json_text.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::string numbers_json(const std::vector<std::optional<std::int64_t>>& numbers) {
  std::string text;
  for (const auto& number : numbers)
    text += (text.empty() ? "" : ", ") + (number ? json_integer(*number) : std::string("null"));
  return "[" + text + "]";
}

std::vector<double> read_numbers(const JsonCursor& at) {
  std::vector<double> numbers;
  at.each([&](const JsonCursor& number) { numbers.push_back(number.number_or(not_a_number)); });
  return numbers;
}

}  // namespace

bool is_whole(const analysis::Plane& plane) {
  const std::size_t size = plane.x.size() * plane.y.size();
  return size > 0 && plane.log10_resolvent.size() == size && plane.relative_error.size() == size &&
         plane.winding_number.size() == size;
}

std::vector<double> winding_numbers(const analysis::Plane& plane) {
  std::vector<double> numbers;
  for (const auto& number : plane.winding_number)
    numbers.push_back(number ? static_cast<double>(*number) : not_a_number);
  return numbers;
}

void set_winding_numbers(analysis::Plane& plane, std::span<const double> numbers) {
  constexpr double most = 9007199254740992;  // 2^53
  plane.winding_number.clear();
  for (const double number : numbers) {
    if (!std::isnan(number) && (number != std::trunc(number) || number < 0 || number > most))
      throw FormatError("not as tmm writes it", {"", "winding numbers", "whole numbers", "others", ""});
    plane.winding_number.push_back(std::isnan(number) ? std::nullopt
                                                      : std::optional(static_cast<std::int64_t>(number)));
  }
}

std::string plane_json(const analysis::Plane& plane, ReportArrays arrays, int depth) {
  const bool written = arrays == ReportArrays::written;
  const auto list = [&](const std::vector<double>& numbers) {
    return written ? json_list(numbers) : std::string("null");
  };
  JsonMembers points;
  for (const auto& [measure, point] : plane.points)
    points.emplace_back(measure,
                        json_line({{"re", json_number(point.real())}, {"im", json_number(point.imag())}}));
  return json_object({{"re", list(plane.x)},
                      {"im", list(plane.y)},
                      {"log10_resolvent", list(plane.log10_resolvent)},
                      {"relative_error", list(plane.relative_error)},
                      {"winding_number", written ? numbers_json(plane.winding_number) : "null"},
                      {"points", json_object(points, depth + 1)}},
                     depth);
}

analysis::Plane read_plane(const JsonCursor& at, const analysis::Plane* stored) {
  analysis::Plane plane;
  if (stored != nullptr && at["re"].is_null()) {
    plane = *stored;
  } else {
    plane.x = read_numbers(at["re"]);
    plane.y = read_numbers(at["im"]);
    plane.log10_resolvent = read_numbers(at["log10_resolvent"]);
    plane.relative_error = read_numbers(at["relative_error"]);
    at["winding_number"].each([&](const JsonCursor& number) {
      plane.winding_number.push_back(number.is_null() ? std::nullopt
                                                      : std::optional(number.integer<std::int64_t>()));
    });
    for (std::size_t i = 0; i < std::min(plane.log10_resolvent.size(), plane.relative_error.size()); ++i)
      if (std::isnan(plane.log10_resolvent[i]) && plane.relative_error[i] == 0)
        plane.log10_resolvent[i] = infinity;
  }
  if (!is_whole(plane)) at["re"].fail("as many numbers as of the other arrays");
  at["points"].each_member([&](const std::string& measure, const JsonCursor& point) {
    plane.points.push_back(
        {measure, {point["re"].number_or(not_a_number), point["im"].number_or(not_a_number)}});
  });
  return plane;
}

}  // namespace tmm::io
