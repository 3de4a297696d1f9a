// SPDX-License-Identifier: MIT
#include "io/tokens/integer_file.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "io/files/memory_limit.hpp"
#include "io/numpy/npy_header.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::array<RawInteger, 5> raw_types{RawInteger::uint8, RawInteger::uint16, RawInteger::uint32,
                                              RawInteger::int32, RawInteger::int64};

/// How integers are stored.
struct Storage {
  std::size_t size = 1;  ///< bytes
  bool is_signed = false, big_endian = false;
};

Storage storage_of(RawInteger type) {
  switch (type) {
    case RawInteger::uint8:
      return {1, false, false};
    case RawInteger::uint16:
      return {2, false, false};
    case RawInteger::uint32:
      return {4, false, false};
    case RawInteger::int32:
      return {4, true, false};
    case RawInteger::int64:
      break;
  }
  return {8, true, false};
}

/// `count` integers from `offset`.
std::vector<std::int64_t> read_integers(const InputFile& file, std::uint64_t offset, std::uint64_t count,
                                        const Storage& storage) {
  constexpr std::size_t piece = std::size_t{1} << 17U;  // numbers at a time
  require_memory(count * sizeof(std::int64_t), file.path());
  std::vector<std::int64_t> values(count);
  std::vector<std::byte> bytes;
  for (std::uint64_t first = 0; first < count; first += piece) {
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(piece, count - first));
    bytes.resize(here * storage.size);
    file.read_exactly(offset + first * storage.size, bytes);
    for (std::size_t i = 0; i < here; ++i) {
      std::uint64_t bits = 0;
      for (std::size_t j = 0; j < storage.size; ++j) {
        const std::size_t at = storage.big_endian ? j : storage.size - 1 - j;
        bits = bits << 8U | static_cast<std::uint64_t>(bytes[i * storage.size + at]);
      }
      if (!storage.is_signed && bits > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw FormatError("a number of 2^63 or more", {file.path(), "", "", std::to_string(bits), ""});
      const unsigned unused = 64U - 8U * static_cast<unsigned>(storage.size);
      values[first + i] = storage.is_signed ? static_cast<std::int64_t>(bits << unused) >> unused
                                            : static_cast<std::int64_t>(bits);
    }
  }
  file.require_unchanged();
  return values;
}

}  // namespace

std::string_view name(RawInteger type) {
  switch (type) {
    case RawInteger::uint8:
      return "uint8";
    case RawInteger::uint16:
      return "uint16";
    case RawInteger::uint32:
      return "uint32";
    case RawInteger::int32:
      return "int32";
    case RawInteger::int64:
      return "int64";
  }
  return "?";
}

std::optional<RawInteger> parse_raw_integer(std::string_view text) {
  for (const RawInteger type : raw_types)
    if (text == name(type)) return type;
  return std::nullopt;
}

bool is_npy(const InputFile& file) {
  return numpy::has_magic(file.read(0, numpy::preamble_bytes));
}

Array<std::int64_t> read_npy_integers(const InputFile& file) {
  const std::string start = file.read(0, numpy::preamble_bytes);
  const std::uint64_t length = numpy::header_bytes(start, file.path(), "");
  const numpy::Header header = numpy::read_header(file.read(0, length), file.size(), file.path(), "");
  const bool is_signed = header.info.element == Element::signed_integer;
  if (!is_signed && header.info.element != Element::unsigned_integer)
    throw FormatError("not an array of integers",
                      {file.path(), "", "integers ('<u2', '<i8', …)", header.info.type, ""});
  if (header.fortran_order && header.info.shape.size() > 1)
    throw FormatError("the array is stored by columns",
                      {file.path(), "", "", "", "Save numpy.ascontiguousarray(array)"});
  const Storage storage{header.info.element_size, is_signed, header.big_endian};
  const std::uint64_t count = header.info.bytes() / storage.size;
  return {header.info.shape, read_integers(file, header.offset, count, storage)};
}

std::vector<std::int64_t> read_raw_integers(const InputFile& file, RawInteger type) {
  const Storage storage = storage_of(type);
  if (file.size() % storage.size != 0)
    throw FormatError("the file is not made of " + std::string(name(type)) + " numbers",
                      {file.path(), "", "a multiple of " + std::to_string(storage.size) + " bytes",
                       std::to_string(file.size()) + " bytes", ""});
  return read_integers(file, 0, file.size() / storage.size, storage);
}

}  // namespace tmm::io
