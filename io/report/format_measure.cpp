// SPDX-License-Identifier: MIT
#include "io/report/format_measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tmm::io {
namespace {

/// |x| = 0.d₁d₂… · 10^(exponent+1), rounded to some number of digits.
struct Decimal {
  std::string digits;
  int exponent = 0;  // of the first digit
};

Decimal parse_scientific(const std::string& text) {
  const std::size_t e = text.find('e');
  Decimal decimal{text.substr(0, e), 0};
  std::erase(decimal.digits, '.');
  const char* number = text.c_str() + e + 1;
  if (*number == '+') ++number;  // from_chars takes no plus sign
  std::from_chars(number, text.c_str() + text.size(), decimal.exponent);
  return decimal;
}

void increment(Decimal& decimal) {
  for (auto digit = decimal.digits.rbegin(); digit != decimal.digits.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return;
    }
    *digit = '0';
  }
  decimal.digits.insert(decimal.digits.begin(), '1');
  decimal.digits.pop_back();
  ++decimal.exponent;
}

/// `magnitude` > 0 to `count` significant digits, to nearest or away from zero or toward it, without any
/// intermediate rounding.
Decimal round_decimal(double magnitude, int count, bool nearest, bool away) {
  if (nearest) return parse_scientific(fmt::format("{:.{}e}", magnitude, count - 1));
  constexpr int all_digits = 766;  // of the exact decimal expansion of any double, after the first
  Decimal decimal = parse_scientific(fmt::format("{:.{}e}", magnitude, all_digits));
  const auto kept = static_cast<std::size_t>(count);
  const bool exact = decimal.digits.find_first_not_of('0', kept) == std::string::npos;
  decimal.digits.resize(kept);
  if (away && !exact) increment(decimal);
  return decimal;
}

std::string assemble(const Decimal& decimal, bool scientific = false) {
  const int count = static_cast<int>(decimal.digits.size()), e = decimal.exponent;
  if (scientific || e < -3 || e > 5 || e > count - 1) {
    std::string text = decimal.digits.substr(0, 1);
    if (count > 1) text += "." + decimal.digits.substr(1);
    return text + fmt::format("e{:+03d}", e);
  }
  if (e < 0) return "0." + std::string(static_cast<std::size_t>(-e - 1), '0') + decimal.digits;
  const auto whole = static_cast<std::size_t>(e) + 1;
  std::string text = decimal.digits.substr(0, whole);
  if (decimal.digits.size() > whole) text += "." + decimal.digits.substr(whole);
  return text;
}

/// "0±E": nothing but the size is known.
std::string format_unknown(double value, double error) {
  const double bound = std::nextafter(std::fabs(value) + error, HUGE_VAL);
  return "0±" + (std::isfinite(bound) ? assemble(round_decimal(bound, 1, false, true)) : "inf");
}

int exponent_of(double value) {
  return parse_scientific(fmt::format("{:.16e}", std::fabs(value))).exponent;
}

/// At most `count` ≥ 1 digits of a finite value ≠ 0, as the style wants them.
std::string format_digits(double value, int count, NumberStyle style) {
  const int first = exponent_of(value);
  if (style.decimals >= 0 && first + style.decimals >= 0) count = std::min(count, first + style.decimals + 1);
  const bool away = (style.rounding == Rounding::up) == (value > 0);
  const Decimal decimal = round_decimal(std::fabs(value), count, style.rounding == Rounding::nearest, away);
  return (value < 0 ? "-" : "") + assemble(decimal, style.scientific);
}

/// A bound, rounded to its own side. Being one, it is no exact integer even where it is whole.
std::string format_bound(double value, NumberStyle style) {
  if (value == 0 || !std::isfinite(value)) return format_number(value, 0, style);
  return format_digits(value, style.digits, style);
}

}  // namespace

std::string format_number(double value, double error, NumberStyle style) {
  if (std::isnan(value)) return "?";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (error == 0 && value == std::trunc(value) && std::fabs(value) < 1e15)
    return fmt::format("{:.0f}", value + 0.0);
  if (!(error >= 0) || std::isinf(error)) return "?";
  if (value == 0) return format_unknown(value, error);
  int count = style.digits;
  if (error > 0) {
    const int last = static_cast<int>(std::ceil(std::log10(error) + std::log10(2.0)));
    count = std::min(count, exponent_of(value) - last + 1);
  }
  return count < 1 ? format_unknown(value, error) : format_digits(value, count, style);
}

NumberStyle measure_style(std::string_view id) {
  if (id.starts_with("index_margin") || id == "index_radius" || id == "nearest_toeplitz_index_margin")
    return {.digits = 2, .rounding = Rounding::down, .scientific = true};
  if (id == "winding_fraction") return {.digits = 4, .decimals = 3};
  if (id.starts_with("log10_")) return {.digits = 5, .decimals = 2};
  return {};
}

std::string format_measure(const analysis::Measure& measure, NumberStyle style) {
  switch (measure.status) {
    case analysis::Status::certified:
    case analysis::Status::numerical:
      return format_number(measure.value, measure.error, style);
    case analysis::Status::below_precision:
      style.rounding = measure.bound == analysis::Measure::Bound::upper ? Rounding::up : Rounding::down;
      return (style.rounding == Rounding::up ? "<" : ">") + format_bound(measure.value, style);
    case analysis::Status::undecided:
      return "?";
    case analysis::Status::not_defined:
      return "-";
  }
  return "?";
}

}  // namespace tmm::io
