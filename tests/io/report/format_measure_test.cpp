// SPDX-License-Identifier: MIT
#include "io/report/format_measure.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include "io/json/json_text.hpp"

using namespace tmm;
using analysis::Measure, analysis::Status;
using io::format_measure, io::format_number, io::format_shortest, io::Rounding;

namespace {

/// Unit of the last digit of a printed number, from the text alone.
double unit_of(const std::string& text) {
  const std::size_t e = text.find('e');
  const std::string digits = text.substr(0, e);
  const std::size_t point = digits.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(digits.size() - point - 1);
  return std::pow(10.0, (e == std::string::npos ? 0 : std::atoi(text.c_str() + e + 1)) - decimals);
}

}  // namespace

TEST_CASE("a printed number is cut at its error") {
  CHECK(format_number(1.23456, 0.0004) == "1.235");
  CHECK(format_number(1.23456, 0.0006) == "1.23");  // 2·error = 0.0012 is more than a unit of 0.001
  CHECK(format_number(1.23456, 0.03) == "1.2");
  CHECK(format_number(1234.5, 30) == "1.2e+03");
  CHECK(format_number(-55.7961, 1e-9) == "-55.80");
  CHECK(format_number(0.29025, 1e-9, {.digits = 2, .scientific = true}) == "2.9e-01");
}

TEST_CASE("where no digit is known only a size is printed, and it holds") {
  CHECK(format_number(0.001, 0.01) == "0±0.02");
  CHECK(format_number(-3e-20, 1e-19) == "0±2e-19");
  CHECK(format_number(0, 0.5) == "0±0.6");
  CHECK(format_number(1, std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("exact integers are printed whole") {
  CHECK(format_number(1048575, 0) == "1048575");
  CHECK(format_number(-135, 0, {.digits = 1}) == "-135");
  CHECK(format_number(-0.0, 0) == "0");
}

TEST_CASE("a column of fixed decimals never shows a number as zero that is not") {
  CHECK(format_number(1.0 / 255, 1e-19, {.digits = 3, .decimals = 3}) == "0.004");
  CHECK(format_number(135.0 / 255, 1e-17, {.digits = 3, .decimals = 3}) == "0.529");
  CHECK(format_number(1.0 / 1048575, 1e-22, {.digits = 3, .decimals = 3}) == "9.54e-07");
}

TEST_CASE("bounds are rounded to their own side") {
  CHECK(format_number(1.29, 1e-9, {.digits = 2, .rounding = Rounding::down}) == "1.2");
  CHECK(format_number(1.21, 1e-9, {.digits = 2, .rounding = Rounding::up}) == "1.3");
  CHECK(format_number(-14.251, 0, {.digits = 3, .rounding = Rounding::up}) == "-14.2");
  CHECK(format_number(9.99, 1e-9, {.digits = 2, .rounding = Rounding::up}) == "10");
  CHECK(format_number(0.25, 0, {.digits = 2, .rounding = Rounding::up}) == "0.25");
  // The double nearest to 0.1 lies above 0.1: the difference of 5.6e-18 is not forgotten.
  CHECK(format_number(0.1, 0, {.digits = 1, .rounding = Rounding::up}) == "0.2");
}

TEST_CASE("every status has its own look") {
  CHECK(format_measure({0.5, Status::certified, 0, ""}) == "0.5000");
  CHECK(format_measure({-14.251, Status::below_precision, 0, ""}) == "<-14.25");
  CHECK(format_measure({1.7592e13, Status::below_precision, 0, "", Measure::Bound::lower}) == ">1.759e+13");
  CHECK(format_measure(Measure::undecided("why")) == "?");
  CHECK(format_measure(Measure::not_defined("why")) == "-");
  CHECK(format_measure({HUGE_VAL, Status::certified, 0, ""}) == "inf");
  CHECK(format_measure({-HUGE_VAL, Status::certified, 0, ""}) == "-inf");
}

TEST_CASE("whatever the value and its error: the truth is within a unit of the last printed digit") {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(-30, 30), share(-1, 1), mantissa(1, 10);
  for (int i = 0; i < 20000; ++i) {
    const double value =
        std::copysign(mantissa(random), share(random)) * std::pow(10.0, std::round(exponent(random)));
    const double error = std::fabs(value) * std::pow(10.0, -std::fabs(exponent(random)));
    const double truth = value + error * share(random);
    const std::string text = format_number(value, error);
    INFO(value << " ± " << error << " -> " << text);
    if (text.starts_with("0±")) {
      CHECK(std::fabs(truth) <= std::strtod(text.c_str() + sizeof("0±") - 1, nullptr) * (1 + 1e-15));
    } else {
      CHECK(std::fabs(std::strtod(text.c_str(), nullptr) - truth) <= unit_of(text) * (1 + 1e-12));
      CHECK(unit_of(text) >= 2 * error * (1 - 1e-12));
    }
  }
}

TEST_CASE("a bound rounded to its side stays on it, by less than a unit, and within 1.5 units of the truth") {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-30, 30), share(-1, 1), mantissa(1, 10);
  double farthest = 0;
  for (int i = 0; i < 20000; ++i) {
    const double value =
        std::copysign(mantissa(random), share(random)) * std::pow(10.0, std::round(exponent(random)));
    const double error = std::fabs(value) * std::pow(10.0, -std::fabs(exponent(random)));
    const double truth = value + error * share(random);
    for (const auto rounding : {Rounding::down, Rounding::up}) {
      const std::string text = format_number(value, error, {.digits = 2, .rounding = rounding});
      if (text.starts_with("0±")) continue;
      const double printed = std::strtod(text.c_str(), nullptr), unit = unit_of(text);
      const double beyond = rounding == Rounding::down ? value - printed : printed - value;
      INFO(value << " ± " << error << " -> " << text);
      CHECK(beyond >= -1e-15 * std::fabs(value));
      CHECK(beyond <= unit * (1 + 1e-12));
      CHECK(std::fabs(printed - truth) <= 1.5 * unit * (1 + 1e-12));
      farthest = std::max(farthest, std::fabs(printed - truth) / unit);
    }
  }
  CHECK(farthest > 1.1);  // one unit would be too much to promise
}

TEST_CASE("the shortest decimal reads back as the same double") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    CHECK(std::strtod(format_shortest(value).c_str(), nullptr) == value);
  }
  CHECK(format_shortest(0.1) == "0.1");
  CHECK(format_shortest(5e-324) == "5e-324");
}
