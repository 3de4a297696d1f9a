// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "io/files/half.hpp"
#include "io/files/memory_limit.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

/// Whether every value of this type has a value of T that means the same.
template <class T>
bool convertible(const DatasetInfo& info) {
  if (info.element == Element::other || info.element == Element::bfloat16) return false;
  if constexpr (!std::is_integral_v<T>) return true;
  return info.element == Element::signed_integer ||
         (info.element == Element::unsigned_integer && info.element_size < 8);
}

template <class Stored, class T>
void widen(std::span<const std::byte> bytes, std::vector<T>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored value;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    values[i] = static_cast<T>(value);
  }
}

template <class T>
void convert(const DatasetInfo& info, std::span<const std::byte> bytes, std::vector<T>& values) {
  const bool is_signed = info.element == Element::signed_integer;
  if (info.element == Element::float32) return widen<float>(bytes, values);
  if (info.element == Element::float64) return widen<double>(bytes, values);
  if (info.element == Element::float16) {
    std::vector<std::uint16_t> bits(values.size());
    widen<std::uint16_t>(bytes, bits);
    std::transform(bits.begin(), bits.end(), values.begin(),
                   [](std::uint16_t b) { return static_cast<T>(from_float16(b)); });
    return;
  }
  switch (info.element_size) {
    case 1:
      return is_signed ? widen<std::int8_t>(bytes, values) : widen<std::uint8_t>(bytes, values);
    case 2:
      return is_signed ? widen<std::int16_t>(bytes, values) : widen<std::uint16_t>(bytes, values);
    case 4:
      return is_signed ? widen<std::int32_t>(bytes, values) : widen<std::uint32_t>(bytes, values);
    default:
      return is_signed ? widen<std::int64_t>(bytes, values) : widen<std::uint64_t>(bytes, values);
  }
}

template <class T>
bool stored_as(const DatasetInfo& info) {
  if (info.element_size != sizeof(T)) return false;
  if constexpr (std::is_integral_v<T>) return info.element == Element::signed_integer;
  return is_float(info.element);
}

}  // namespace

std::vector<std::string> list_arrays(const std::string& path) {
  return list_arrays(InputFile(path));
}

std::vector<std::string> list_arrays(const InputFile& file) {
  auto paths = hdf5::list_datasets(file);
  std::sort(paths.begin(), paths.end());
  return paths;
}

template <class T>
Array<T> read_array(const InputFile& file, const std::string& dataset) {
  const auto info = hdf5::read_info(file, dataset);
  if (!convertible<T>(info))
    throw FormatError("cannot be read",
                      {file.path(), dataset, std::is_integral_v<T> ? "integers" : "numbers", info.type, ""});
  require_memory(info.size() * sizeof(T) + (stored_as<T>(info) ? 0 : info.bytes()), file.path());
  Array<T> array{info.shape, {}};
  std::vector<std::byte> bytes;
  hdf5::read_values(file, {&info, 1}, [&](std::size_t) {
    array.values.resize(info.size());
    if (stored_as<T>(info)) return std::as_writable_bytes(std::span(array.values));
    bytes.resize(info.bytes());
    return std::span(bytes);
  });
  if (!stored_as<T>(info)) convert(info, bytes, array.values);
  return array;
}

template Array<float> read_array(const InputFile&, const std::string&);
template Array<double> read_array(const InputFile&, const std::string&);
template Array<std::int64_t> read_array(const InputFile&, const std::string&);

std::map<std::string, std::string> read_attributes(const std::string& path, const std::string& object) {
  return read_attributes(InputFile(path), object);
}

std::map<std::string, std::string> read_attributes(const InputFile& file, const std::string& object) {
  std::map<std::string, std::string> texts;
  for (auto& [name, attribute] : hdf5::read_attributes(file, object)) texts[name] = std::move(attribute.text);
  return texts;
}

}  // namespace tmm::io
