// SPDX-License-Identifier: MIT
#include "io/tokens/integer_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io {
namespace {

using namespace std::string_view_literals;

constexpr auto npy_magic = "\x93NUMPY"sv;
constexpr std::size_t most_header = 1U << 16U, most_rank = 8;
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

/// Reads the literal that numpy writes as a header: a dictionary of a text, a truth value and a tuple.
class NpyHeader {
 public:
  NpyHeader(const InputFile& file, std::string_view text) : file_(file), text_(text) {
    take("{");
    while (!try_take("}")) {
      const std::string_view key = quoted();
      take(":");
      if (key == "descr" && !descr_) {
        descr_ = quoted();
      } else if (key == "fortran_order" && !fortran_) {
        fortran_ = try_take("True");
        if (!*fortran_) take("False");
      } else if (key == "shape" && !shape_) {
        read_shape();
      } else {
        fail();
      }
      if (!try_take(",")) {
        take("}");
        break;
      }
    }
    skip_blanks();
    if (!text_.empty() || !descr_ || !fortran_ || !shape_) fail();
  }

  [[nodiscard]] std::string_view descr() const { return *descr_; }
  [[nodiscard]] bool fortran() const { return *fortran_; }
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return *shape_; }

 private:
  [[noreturn]] void fail() const {
    throw FormatError("damaged header of a .npy file",
                      {file_.path(), "", "{'descr': …, 'fortran_order': …, 'shape': …}",
                       model::printable(std::string(text_.substr(0, 40))), ""});
  }
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  bool try_take(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void take(std::string_view word) {
    if (!try_take(word)) fail();
  }
  std::string_view quoted() {
    take("'");
    const std::size_t end = text_.find('\'');
    if (end == std::string_view::npos) fail();
    const std::string_view inside = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return inside;
  }
  void read_shape() {
    shape_.emplace();
    take("(");
    while (!try_take(")")) {
      skip_blanks();
      std::size_t extent = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), extent);
      if (error != std::errc() || shape_->size() == most_rank) fail();
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      shape_->push_back(extent);
      if (try_take(",")) continue;
      take(")");
      break;
    }
  }

  const InputFile& file_;
  std::string_view text_;
  std::optional<std::string_view> descr_;
  std::optional<bool> fortran_;
  std::optional<std::vector<std::size_t>> shape_;
};

/// "<u2", "|i1", ">i8": integers; nothing for any other type.
std::optional<Storage> parse_descr(std::string_view descr) {
  if (descr.size() != 3 || "<>|="sv.find(descr[0]) == std::string_view::npos) return std::nullopt;
  const char size = descr[2];
  if ((descr[1] != 'u' && descr[1] != 'i') || "1248"sv.find(size) == std::string_view::npos)
    return std::nullopt;
  if (descr[0] == '|' && size != '1') return std::nullopt;
  return Storage{static_cast<std::size_t>(size - '0'), descr[1] == 'i', descr[0] == '>'};
}

/// Product of the shape, which the bytes from `offset` on must be.
std::uint64_t require_size(const InputFile& file, std::uint64_t offset, const std::vector<std::size_t>& shape,
                           const Storage& storage) {
  const std::uint64_t there = file.size() - offset;
  std::uint64_t count = 1;
  bool fits = true;
  for (const std::size_t extent : shape) {
    fits = fits && (extent == 0 || count <= there / extent);
    count = fits ? count * extent : count;
  }
  if (!fits || there % storage.size != 0 || count != there / storage.size)
    throw FormatError(
        "the file does not fit its shape",
        {file.path(), "", model::format_shape(shape) + " of " + std::to_string(storage.size) + " bytes each",
         std::to_string(there) + " bytes of data", ""});
  return count;
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
  return file.read(0, npy_magic.size()) == npy_magic;
}

Array<std::int64_t> read_npy_integers(const InputFile& file) {
  const std::string start = file.read(0, 12);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(start[i]));
  };
  if (start.size() < 12 || byte(6) < 1 || byte(6) > 3)
    throw FormatError("not a .npy file of format 1 to 3", {file.path(), "", "", "", ""});
  const bool narrow = byte(6) == 1;  // the length of the header has 2 bytes, later 4
  const std::size_t length =
      narrow ? byte(8) + 256 * byte(9) : byte(8) + 256 * (byte(9) + 256 * (byte(10) + 256 * byte(11)));
  const std::uint64_t offset = (narrow ? 10 : 12) + length;
  if (length > most_header || offset > file.size())
    throw FormatError("damaged header of a .npy file", {file.path(), "", "", "", ""});
  const std::string text = file.read(narrow ? 10 : 12, length);
  const NpyHeader header(file, text);
  const auto storage = parse_descr(header.descr());
  if (!storage)
    throw FormatError("not an array of integers",
                      {file.path(), "", "integers ('<u2', '<i8', …)",
                       "'" + model::printable(std::string(header.descr().substr(0, 40))) + "'", ""});
  const std::uint64_t count = require_size(file, offset, header.shape(), *storage);
  if (header.fortran() && header.shape().size() > 1)
    throw FormatError("the array is stored by columns",
                      {file.path(), "", "", "", "Save numpy.ascontiguousarray(array)"});
  return {header.shape(), read_integers(file, offset, count, *storage)};
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
