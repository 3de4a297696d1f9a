// SPDX-License-Identifier: MIT
#include "io/files/memory_limit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

std::uint64_t three_quarters_of_the_machine() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::uint64_t{4} << 30U;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) / 4 * 3;
}

std::uint64_t& limit() {
  static std::uint64_t bytes = three_quarters_of_the_machine();
  return bytes;
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1048576.0;
}

}  // namespace

std::uint64_t memory_limit() {
  return limit();
}

void set_memory_limit(std::uint64_t bytes) {
  limit() = bytes;
}

void require_memory(std::uint64_t bytes, const std::string& file) {
  if (bytes <= memory_limit()) return;
  throw FormatError("needs more memory than it may have",
                    {file, "", fmt::format("at most {:.1f} MiB", mebibytes(memory_limit())),
                     fmt::format("{:.1f} MiB", mebibytes(bytes)), "Raise --max-memory if the file is good."});
}

std::uint64_t parse_size(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  std::string unit(rest, end);
  for (char& c : unit) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (unit.ends_with("ib"))
    unit.resize(unit.size() - 2);
  else if (unit.ends_with("b"))
    unit.resize(unit.size() - 1);
  constexpr std::string_view units = "kmgt";
  const auto power = unit.empty() ? std::string_view::npos : units.find(unit);
  const bool known = unit.empty() || (unit.size() == 1 && power != std::string_view::npos);
  if (known && !unit.empty()) value *= std::exp2(10.0 * static_cast<double>(power + 1));
  if (error != std::errc{} || !known || !(value >= 1) || !(value < 9e18))
    throw ArgumentError("not a size: " + text, {"", "", "a number with k, M, G or T, such as 2G", "", ""});
  return static_cast<std::uint64_t>(value);
}

}  // namespace tmm::io
