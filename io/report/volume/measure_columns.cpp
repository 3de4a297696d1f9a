// SPDX-License-Identifier: MIT
#include "io/report/volume/measure_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "io/json/json_text.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/packed_numbers.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::Status;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr const char* empty_place = "null";

std::string way_json(const Measure& measure) {
  const char* side = measure.status != Status::below_precision ? "\"\""
                     : measure.bound == Measure::Bound::upper  ? "\"upper\""
                                                               : "\"lower\"";
  return "[" + json_string(name(measure.status)) + ", " + side + ", " + json_string(measure.method) + "]";
}

/// Whether `text` is a decimal of exactly `value`, or no number where there is none.
bool says(const std::string& text, double value) {
  double read = nothing;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  const bool number = error == std::errc() && end == text.data() + text.size() && std::isfinite(read);
  return number ? read == value : std::isnan(value);
}

/// The least float not below, of a number that has one.
float raised(double error) {
  const auto near = static_cast<float>(error);
  return static_cast<double>(near) < error ? std::nextafter(near, std::numeric_limits<float>::infinity())
                                           : near;
}

/// As floats where they hold all, else as they are: conditions have errors of 1e+249.
void append_errors(JsonMembers& members, const std::vector<double>& errors) {
  const double greatest = *std::ranges::max_element(errors);
  if (greatest == 0) return;
  if (greatest > static_cast<double>(std::numeric_limits<float>::max())) {
    members.emplace_back("error_f8", packed<double>(errors));
    return;
  }
  std::vector<float> floats;
  for (const double error : errors) floats.push_back(raised(error));
  members.emplace_back("error", packed<float>(floats));
}

}  // namespace

MeasureColumns::Column& MeasureColumns::column(std::size_t guess, const std::string& id) {
  if (guess < columns_.size() && columns_[guess].id == id) return columns_[guess];
  const auto found = std::ranges::find(columns_, id, &Column::id);
  if (found != columns_.end()) return *found;
  Column& added = columns_.emplace_back();
  added.id = id;
  for (std::size_t row = 0; row < rows_; ++row) append(added, nothing, 0, empty_place, "-");
  return added;
}

void MeasureColumns::append(Column& column, double value, double error, const std::string& way,
                            const std::string& text) {
  column.values.push_back(value);
  column.errors.push_back(error);
  const auto [place, fresh] = column.places.emplace(way, static_cast<std::uint32_t>(column.ways.size()));
  if (fresh) column.ways.push_back(way);
  column.way.push_back(place->second);
  if (!column.texts.empty()) column.texts += ' ';
  column.texts += text;
  column.longest = std::max(column.longest, text.size());
  column.texts_say_values = column.texts_say_values && says(text, value);
}

void MeasureColumns::add(const std::vector<analysis::NamedMeasure>& measures) {
  for (std::size_t k = 0; k < measures.size(); ++k) {
    const auto& [id, measure] = measures[k];
    const bool number = measure.status == Status::certified || measure.status == Status::numerical;
    const bool shown = number || measure.status == Status::below_precision;
    append(column(k, id), shown ? measure.value : nothing, number ? measure.error : 0, way_json(measure),
           format_measure(measure, measure_style(id)));
  }
  ++rows_;
  for (Column& column : columns_)
    if (column.values.size() < rows_) append(column, nothing, 0, empty_place, "-");
}

std::vector<std::string> MeasureColumns::ids() const {
  std::vector<std::string> all;
  for (const Column& column : columns_) all.push_back(column.id);
  return all;
}

std::string MeasureColumns::json(std::size_t k) const {
  const Column& column = columns_.at(k);
  std::string ways;
  for (const std::string& way : column.ways) ways += (ways.empty() ? "" : ", ") + way;
  JsonMembers members{{"id", json_string(column.id)}, {"ways", "[" + ways + "]"}};
  const std::size_t count = column.ways.size();
  if (count > 1)
    members.emplace_back("way", count <= 0x100     ? packed<std::uint8_t>(column.way)
                                : count <= 0x10000 ? packed<std::uint16_t>(column.way)
                                                   : packed<std::uint32_t>(column.way));
  members.emplace_back("text", json_string(column.texts));
  if (!column.texts_say_values) members.emplace_back("value", packed<double>(column.values));
  append_errors(members, column.errors);
  return json_line(members);
}

}  // namespace tmm::io
