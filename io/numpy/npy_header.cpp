// SPDX-License-Identifier: MIT
#include "io/numpy/npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io::numpy {
namespace {

constexpr std::string_view magic("\x93NUMPY", 6);

/// Version 1 has a length of two bytes, 2 and 3 of four; the numbers begin behind the header.
std::size_t length_width(std::string_view start) {
  return start[6] == 1 ? 2 : 4;
}

struct Place {
  const std::string& file;
  const std::string& entry;
};

[[noreturn]] void fail(const Place& place, const std::string& what, const std::string& expected = "",
                       const std::string& found = "", const std::string& hint = "") {
  throw FormatError(what, {place.file, place.entry, expected, found, hint});
}

/// The dictionary as Python writes it: {'descr': '<f4', 'fortran_order': False, 'shape': (16, 8), }.
class Literal {
 public:
  Literal(std::string_view text, const Place& place) : rest_(text), place_(place) {}

  void parse(std::string& descr, Header& header) {
    expect('{');
    std::array<bool, 3> seen{};
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !seen[0])
        seen[0] = true, descr = type();
      else if (key == "fortran_order" && !seen[1])
        seen[1] = true, header.fortran_order = boolean();
      else if (key == "shape" && !seen[2])
        seen[2] = true, shape(header.info.shape);
      else
        bad();
      if (accept(',')) continue;
      expect('}');
      break;
    }
    skip_blanks();
    if (!rest_.empty() || !seen[0] || !seen[1] || !seen[2]) bad();
  }

 private:
  [[noreturn]] void bad() const {
    fail(place_, "header of the array is damaged", "descr, fortran_order and shape",
         rest_.empty() ? "its end" : model::printable(std::string(rest_.substr(0, 40))));
  }
  void skip_blanks() {
    const auto end = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(end, rest_.size()));
  }
  bool accept(char c) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) bad();
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string string() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_[0];
    if (quote != '\'' && quote != '"') bad();
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos || end > 64 ||
        rest_.substr(0, end).find('\\') != std::string_view::npos)
      bad();
    const std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string type() {
    skip_blanks();
    if (rest_.starts_with("["))
      fail(place_, "array of records", "an array of numbers", "",
           "Save each field as an array of its own: array[\"FIELD\"]");
    return string();
  }
  bool boolean() {
    if (accept_word("True")) return true;
    if (!accept_word("False")) bad();
    return false;
  }
  void shape(std::vector<std::size_t>& extents) {
    expect('(');
    while (!accept(')')) {
      std::size_t extent = 0;
      skip_blanks();
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extents.size() > 64) bad();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      accept('L');  // a long integer of Python 2
      extents.push_back(extent);
      if (accept(',')) continue;
      expect(')');
      break;
    }
  }

  std::string_view rest_;
  const Place& place_;
};

/// "<f4": byte order, kind, bytes (of texts: characters).
void set_type(const std::string& descr, Header& header, const Place& place) {
  DatasetInfo& info = header.info;
  const auto unknown = [&] {
    fail(place, "array of unknown type", "numbers", model::printable("'" + descr + "'"));
  };
  if (descr == "|O" || descr == "O")
    fail(place, "array of Python objects, which is a pickle", "an array of numbers", "",
         "Save each array in it by itself, or all with numpy.savez");
  if (descr.size() < 3 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos) unknown();
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(descr.data() + 2, descr.data() + descr.size(), count);
  const bool is_time = descr[1] == 'M' || descr[1] == 'm';  // with a unit: "<M8[ns]"
  if (error != std::errc() || (end != descr.data() + descr.size() && !is_time) || count > (1U << 30U))
    unknown();
  header.big_endian = descr[0] == '>';
  info.element_size = descr[1] == 'U' ? 4 * count : count;
  const bool whole = count == 1 || count == 2 || count == 4 || count == 8;
  if (descr[1] == 'f' && count == 2) info.element = Element::float16;
  if (descr[1] == 'f' && count == 4) info.element = Element::float32;
  if (descr[1] == 'f' && count == 8) info.element = Element::float64;
  if (descr[1] == 'i' && whole) info.element = Element::signed_integer;
  if (descr[1] == 'u' && whole) info.element = Element::unsigned_integer;
  if (info.element != Element::other && descr[0] == '|' && count != 1) unknown();
  info.type = type_name(info.element, info.element_size);
  if (!info.type.empty()) return;
  switch (descr[1]) {
    case 'b':
      info.type = "bool";
      break;
    case 'c':
      info.type = "complex" + std::to_string(8 * count);
      break;
    case 'f':
      info.type = "float" + std::to_string(8 * count);
      break;
    case 'U':
    case 'S':
    case 'a':
      info.type = "string";
      break;
    case 'V':
      info.type = "raw bytes";
      break;
    case 'M':
    case 'm':
      info.type = "time";
      break;
    default:
      unknown();
  }
}

}  // namespace

bool has_magic(std::string_view start) {
  return start.starts_with(magic);
}

std::uint64_t header_bytes(std::string_view start, const std::string& file, const std::string& entry) {
  const Place place{file, entry};
  if (!has_magic(start)) fail(place, "not an array of numpy");
  if (start.size() < preamble_bytes) fail(place, "file ends before its data");
  if (start[6] < 1 || start[6] > 3 || start[7] != 0)
    fail(place, "array of an unknown version", "1.0, 2.0 or 3.0",
         std::to_string(static_cast<unsigned char>(start[6])) + "." +
             std::to_string(static_cast<unsigned char>(start[7])));
  const std::size_t width = length_width(start);
  std::uint64_t length = 0;
  for (std::size_t i = width; i-- > 0;) length = length << 8U | static_cast<unsigned char>(start[8 + i]);
  if (length > maximum_header)
    fail(place, "header of the array is too long", "at most 1 MiB", std::to_string(length));
  return 8 + width + length;
}

Header read_header(std::string_view start, std::uint64_t size, const std::string& file,
                   const std::string& entry) {
  const Place place{file, entry};
  Header header;
  header.offset = header_bytes(start, file, entry);
  if (start.size() < header.offset || size < header.offset) fail(place, "file ends before its data");
  const std::size_t first = 8 + length_width(start);
  std::string descr;
  Literal(start.substr(first, header.offset - first), place).parse(descr, header);
  set_type(descr, header, place);
  DatasetInfo named = header.info;
  named.path = entry;
  check_extents(named, file);
  const std::uint64_t numbers = size - header.offset;
  if (header.info.bytes() > numbers)
    fail(place, "file ends before its data", std::to_string(header.info.bytes()) + " bytes",
         std::to_string(numbers));
  if (header.info.bytes() < numbers)
    fail(place, "bytes are left over after the array", std::to_string(header.info.bytes()) + " bytes",
         std::to_string(numbers));
  return header;
}

void swap_bytes(std::span<std::byte> numbers, std::size_t width) {
  for (std::size_t i = 0; i + width <= numbers.size(); i += width)
    std::reverse(numbers.begin() + static_cast<std::ptrdiff_t>(i),
                 numbers.begin() + static_cast<std::ptrdiff_t>(i + width));
}

}  // namespace tmm::io::numpy
