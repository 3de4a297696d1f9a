// SPDX-License-Identifier: MIT
#include "io/checkpoint/safetensors_header.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>

#include "io/checkpoint/safetensors_json.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io::safetensors {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they are stored");

struct Type {
  std::string_view name;
  unsigned bits;
  Element element;
};

/// All types of the format; those with Element::other are listed but not read.
constexpr Type types[] = {
    {"F32", 32, Element::float32},
    {"F16", 16, Element::float16},
    {"BF16", 16, Element::bfloat16},
    {"F64", 64, Element::float64},
    {"I64", 64, Element::signed_integer},
    {"I32", 32, Element::signed_integer},
    {"I16", 16, Element::signed_integer},
    {"I8", 8, Element::signed_integer},
    {"U64", 64, Element::unsigned_integer},
    {"U32", 32, Element::unsigned_integer},
    {"U16", 16, Element::unsigned_integer},
    {"U8", 8, Element::unsigned_integer},
    {"BOOL", 8, Element::other},
    {"C64", 64, Element::other},
    {"F8_E4M3", 8, Element::other},
    {"F8_E5M2", 8, Element::other},
    {"F8_E8M0", 8, Element::other},
    {"F6_E2M3", 6, Element::other},
    {"F6_E3M2", 6, Element::other},
    {"F4", 4, Element::other},
};

struct Text {
  std::string json;
  std::uint64_t data = 0;  // where the tensors begin
};

Text read_text(const InputFile& file) {
  const auto refuse = [&](const std::string& what, const std::string& expected, const std::string& found) {
    throw FormatError(what, {file.path(), "", expected, found, ""});
  };
  const std::string start = file.read(0, length_bytes);
  if (start.size() < length_bytes)
    refuse("no safetensors file", "a header length of 8 bytes", std::to_string(start.size()) + " bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, start.data(), sizeof length);
  const std::uint64_t rest = file.size() - length_bytes;
  if (length > maximum_header || length > rest)
    refuse("header length is not possible",
           "at most " + std::to_string(std::min(rest, maximum_header)) + " bytes", std::to_string(length));
  std::string json = file.read(length_bytes, length);
  if (json.size() != length) refuse("file ends before its data", "", "");
  if (!json.starts_with('{')) refuse("header does not start with '{'", "a JSON object", "");
  // '{' is no space: something is left. The format's text says spaces; its reference implementation takes any
  // white space of JSON.
  json.erase(json.find_last_not_of(" \t\r\n") + 1);
  if (!json.ends_with('}')) refuse("header does not end with '}' and spaces", "a JSON object", "");
  return {std::move(json), length_bytes + length};
}

const Type& find_type(const RawEntry& raw, const std::string& file) {
  const auto* type =
      std::find_if(std::begin(types), std::end(types), [&](const Type& t) { return t.name == raw.dtype; });
  if (type == std::end(types))
    throw FormatError("unknown type", {file, raw.name, "a dtype of the safetensors format", raw.dtype, ""});
  return *type;
}

/// Also proves that the size is what shape and type need.
DatasetInfo describe(const RawEntry& raw, const std::string& file) {
  if (raw.name.empty() || raw.name.size() > maximum_name || raw.name.find('\0') != std::string::npos)
    throw FormatError("name of a tensor is empty, too long or has a NUL",
                      {file, raw.name.substr(0, 80), "1 to 1024 bytes", std::to_string(raw.name.size()), ""});
  const Type& type = find_type(raw, file);
  DatasetInfo info{raw.name, {raw.shape.begin(), raw.shape.end()}, type.element, type.bits / 8, raw.dtype};
  if (const std::string word = type_name(info.element, info.element_size); !word.empty()) info.type = word;
  check_extents(info, file);
  const std::uint64_t bits = info.size() * type.bits;  // ≤ 2^36 elements of ≤ 64 bits
  if (raw.begin > raw.end || bits % 8 != 0 || bits / 8 != raw.end - raw.begin)
    throw FormatError("size disagrees with shape and type",
                      {file, raw.name, raw.dtype + " " + model::format_shape(info.shape),
                       "offsets " + std::to_string(raw.begin) + " to " + std::to_string(raw.end), ""});
  return info;
}

/// Every byte belongs to one tensor: otherwise a file could hide a second one, or grow in memory.
void require_contiguous(const std::vector<RawEntry>& sorted, std::uint64_t bytes, const std::string& file) {
  std::uint64_t end = 0;
  for (const RawEntry& raw : sorted) {
    if (raw.begin != end)
      throw FormatError(raw.begin < end ? "tensors overlap" : "bytes between tensors belong to none",
                        {file, raw.name, "offset " + std::to_string(end), std::to_string(raw.begin), ""});
    end = raw.end;
  }
  if (end != bytes)
    throw FormatError(end > bytes ? "data goes beyond the end of the file" : "bytes after the last tensor",
                      {file, "", std::to_string(end) + " bytes of data", std::to_string(bytes), ""});
}

}  // namespace

Header read_header(const InputFile& file) {
  const auto [json, data] = read_text(file);
  RawHeader raw = parse_header(json, file.path());
  std::sort(raw.entries.begin(), raw.entries.end(), [](const RawEntry& a, const RawEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  Header header;
  header.metadata = std::move(raw.metadata);
  for (const RawEntry& entry : raw.entries)
    header.entries.push_back({describe(entry, file.path()), data + entry.begin});
  require_contiguous(raw.entries, file.size() - data, file.path());
  return header;
}

std::string dtype_name(Element element, std::size_t element_size) {
  if (element == Element::other) return "";
  for (const Type& type : types)
    if (type.element == element && type.bits == 8 * element_size) return std::string(type.name);
  return "";
}

}  // namespace tmm::io::safetensors
