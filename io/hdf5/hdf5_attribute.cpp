// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cstring>

#include "io/hdf5/hdf5.hpp"

namespace tmm::io::hdf5 {
namespace {

constexpr std::size_t maximum_attributes = 64;
constexpr std::size_t maximum_text = 200;
constexpr std::size_t maximum_storage = 64 * 1024;

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* into) noexcept {
  try {
    auto& names = *static_cast<std::vector<std::string>*>(into);
    if (names.size() == maximum_attributes) return 1;
    names.emplace_back(name);
    return 0;
  } catch (...) {
    return -1;
  }
}

std::string bounded(std::string_view text) {
  if (text.size() <= maximum_text) return std::string(text);
  return std::string(text.substr(0, maximum_text - 3)) + "...";
}

std::optional<std::string> read_string(hid_t attribute, hid_t type) {
  if (H5Tis_variable_str(type) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute, type, static_cast<void*>(&text)) < 0 || text == nullptr) return std::nullopt;
    std::string copy = bounded(std::string_view(text, ::strnlen(text, maximum_text + 1)));
    H5free_memory(text);
    return copy;
  }
  std::string text(H5Tget_size(type), '\0');
  if (H5Aread(attribute, type, text.data()) < 0) return std::nullopt;
  text.resize(::strnlen(text.data(), text.size()));
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
  return bounded(text);
}

template <class Number>
std::optional<std::string> read_number(hid_t attribute, hid_t memory_type) {
  Number value{};
  if (H5Aread(attribute, memory_type, &value) < 0) return std::nullopt;
  return fmt::format("{}", value);
}

}  // namespace

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  hsize_t position = 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, collect_name, &names);
  return names;
}

std::optional<std::string> attribute_text(hid_t object, const std::string& attribute) {
  if (H5Aexists(object, attribute.c_str()) <= 0) return std::nullopt;
  const Handle handle(H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
  const Handle type(H5Aget_type(handle.get()), H5Tclose);
  const Handle space(H5Aget_space(handle.get()), H5Sclose);
  if (!handle.valid() || !type.valid() || !space.valid()) return "<unreadable>";
  if (H5Sget_simple_extent_npoints(space.get()) != 1 || H5Tget_size(type.get()) > maximum_storage)
    return "<array>";
  std::optional<std::string> text;
  switch (H5Tget_class(type.get())) {
    case H5T_STRING:
      text = read_string(handle.get(), type.get());
      break;
    case H5T_INTEGER:
      text = H5Tget_sign(type.get()) == H5T_SGN_NONE
                 ? read_number<std::uint64_t>(handle.get(), H5T_NATIVE_UINT64)
                 : read_number<std::int64_t>(handle.get(), H5T_NATIVE_INT64);
      break;
    case H5T_FLOAT:
      text = read_number<double>(handle.get(), H5T_NATIVE_DOUBLE);
      break;
    default:
      return "<not text or number>";
  }
  return text ? text : "<unreadable>";
}

}  // namespace tmm::io::hdf5
