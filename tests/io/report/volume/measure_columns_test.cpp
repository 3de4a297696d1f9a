// SPDX-License-Identifier: MIT
#include "io/report/volume/measure_columns.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "../reports.hpp"
#include "io/report/format_measure.hpp"

using namespace tmm;
using analysis::Measure, analysis::Status;

namespace {

/// The numbers of a packed member.
template <class Stored>
std::vector<Stored> unpacked(const std::string& text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    group = group << 6U | static_cast<std::uint32_t>(digits.find(c));
    if ((bits += 6) < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> static_cast<unsigned>(bits) & 0xffU);
  }
  std::vector<Stored> values(bytes.size() / sizeof(Stored));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Stored));
  return values;
}

/// A column as a page reads it.
struct Column {
  explicit Column(const std::string& json) : raw(nlohmann::json::parse(json)) {
    std::istringstream words(raw["text"].get<std::string>());
    for (std::string word; words >> word;) texts.push_back(word);
    way.resize(texts.size());
    if (raw.contains("way")) way = unpacked<std::uint8_t>(raw["way"]);
    for (const std::string& text : texts) {
      char* end = nullptr;
      const double value = std::strtod(text.c_str(), &end);
      values.push_back(*end == '\0' ? value : std::nan(""));
    }
    if (raw.contains("value")) values = unpacked<double>(raw["value"]);
    errors.resize(texts.size());
    if (raw.contains("error_f8")) errors = unpacked<double>(raw["error_f8"]);
    if (raw.contains("error"))
      for (std::size_t i = 0; const float error : unpacked<float>(raw["error"])) errors[i++] = error;
  }
  nlohmann::json raw;
  std::vector<std::string> texts;
  std::vector<std::uint8_t> way;
  std::vector<double> values;
  std::vector<double> errors;
};

}  // namespace

TEST_CASE("columns of measures say every value, error, status, bound and method, and print as tables do") {
  const io::AnalysisReport report = test::report_of_everything();
  const auto& operators = report.models.front().operators;
  io::MeasureColumns columns;
  for (const auto& op : operators) columns.add(op.measures);
  REQUIRE(columns.rows() == operators.size());
  const std::vector<std::string> ids = columns.ids();
  std::size_t left_out = 0, bounds = 0;
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const Column column(columns.json(k));
    left_out += column.raw.contains("value") ? 0 : 1;
    CHECK(column.raw["id"] == ids[k]);
    REQUIRE(column.texts.size() == operators.size());
    for (std::size_t i = 0; i < operators.size(); ++i) {
      const Measure* measure = operators[i].find(ids[k]);
      const auto& way = column.raw["ways"][column.way[i]];
      INFO(ids[k] << " of operator " << i);
      if (measure == nullptr) {
        CHECK(way.is_null());
        continue;
      }
      CHECK(way[0] == std::string(name(measure->status)));
      CHECK(way[2] == measure->method);
      CHECK(column.texts[i] == io::format_measure(*measure, io::measure_style(ids[k])));
      const bool bound = measure->status == Status::below_precision;
      const bool number = measure->status == Status::certified || measure->status == Status::numerical;
      CHECK(way[1] == std::string(!bound ? "" : measure->bound == Measure::Bound::upper ? "upper" : "lower"));
      if (bound) ++bounds;
      if (bound || number)
        CHECK(column.values[i] == measure->value);
      else
        CHECK(std::isnan(column.values[i]));
      if (number) CHECK(column.errors[i] >= measure->error);
      if (number) CHECK(column.errors[i] <= measure->error * (1 + 0x1p-23) + 1e-44);
    }
  }
  CHECK(left_out > 5);  // whole numbers need no second time
  CHECK(bounds >= 2);
}

TEST_CASE("an operator that lacks a measure, or has a new one, leaves its place empty") {
  io::MeasureColumns columns;
  const Measure one{1.5, Status::numerical, 0, "made"};
  columns.add({{"a", one}, {"b", one}});
  columns.add({{"b", one}});
  columns.add({{"c", one}, {"a", one}});
  REQUIRE(columns.ids() == std::vector<std::string>{"a", "b", "c"});
  const std::vector<std::vector<bool>> there{{true, false, true}, {true, true, false}, {false, false, true}};
  for (std::size_t k = 0; k < 3; ++k) {
    const Column column(columns.json(k));
    for (std::size_t i = 0; i < 3; ++i) {
      INFO(k << ", " << i);
      CHECK(column.raw["ways"][column.way[i]].is_null() != there[k][i]);
      CHECK(std::isnan(column.values[i]) != there[k][i]);
    }
  }
}

TEST_CASE("values whose texts are rounded are there in full, infinities and bounds too") {
  io::MeasureColumns columns;
  columns.add({{"a", {1. / 3, Status::numerical, 0.01, "made"}},
               {"b", {HUGE_VAL, Status::certified, 0, "made"}},
               {"c", {1e-5, Status::below_precision, 0, "made", Measure::Bound::lower}},
               {"d", {7, Status::certified, 0, "made"}}});
  CHECK(Column(columns.json(0)).values[0] == 1. / 3);
  CHECK(Column(columns.json(1)).values[0] == HUGE_VAL);
  CHECK(Column(columns.json(2)).values[0] == 1e-5);
  CHECK_FALSE(Column(columns.json(3)).raw.contains("value"));
  CHECK(Column(columns.json(3)).values[0] == 7);
}
