// SPDX-License-Identifier: MIT
// Attributes as text.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "io/hdf5/hdf5.hpp"
#include "io/json/json_text.hpp"

namespace tmm::io::hdf5 {
namespace {

/// What commands look up: found however many attributes there are.
constexpr std::array<const char*, 4> used_names{"objective", "training_steps", "schema", "loss"};

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

/// An attribute while it is open.
struct Opened {
  Handle attribute, type, space;
  H5T_class_t kind;
  std::size_t count = 0;       // of elements
  std::vector<hsize_t> shape;  // none for a scalar
};

std::optional<Opened> open(hid_t object, const std::string& name) {
  Opened opened{{H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose}, {}, {}, H5T_NO_CLASS, 0, {}};
  opened.type = {H5Aget_type(opened.attribute.get()), H5Tclose};
  opened.space = {H5Aget_space(opened.attribute.get()), H5Sclose};
  if (!opened.attribute.valid() || !opened.type.valid() || !opened.space.valid()) return std::nullopt;
  opened.kind = H5Tget_class(opened.type.get());
  const hssize_t count = H5Sget_simple_extent_npoints(opened.space.get());
  const int rank = H5Sget_simple_extent_ndims(opened.space.get());
  if (count < 0 || rank < 0) return std::nullopt;
  opened.count = static_cast<std::size_t>(count);
  opened.shape.resize(static_cast<std::size_t>(rank));
  if (rank > 0) H5Sget_simple_extent_dims(opened.space.get(), opened.shape.data(), nullptr);
  return opened;
}

/// Nothing where reading fails or `most` bytes do not suffice.
using Texts = std::optional<std::vector<std::string>>;

Texts read_variable_strings(const Opened& a, std::size_t most) {
  std::vector<char*> pointers(a.count, nullptr);
  if (H5Aread(a.attribute.get(), a.type.get(), static_cast<void*>(pointers.data())) < 0) return std::nullopt;
  std::vector<std::string> texts;
  bool fits = true;
  for (char* pointer : pointers) {
    const std::size_t length = pointer == nullptr ? 0 : ::strnlen(pointer, most + 1);
    fits = fits && length <= most;
    if (fits) texts.emplace_back(pointer == nullptr ? "" : pointer, length);
    most -= std::min(most, length);
    H5free_memory(pointer);
  }
  return fits ? Texts(std::move(texts)) : std::nullopt;
}

Texts read_fixed_strings(const Opened& a) {
  const std::size_t size = H5Tget_size(a.type.get());
  std::string bytes(a.count * size, '\0');
  if (H5Aread(a.attribute.get(), a.type.get(), bytes.data()) < 0) return std::nullopt;
  const H5T_str_t padding = H5Tget_strpad(a.type.get());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < a.count; ++i) {
    std::string text = bytes.substr(i * size, size);
    if (padding == H5T_STR_NULLTERM) text.resize(::strnlen(text.data(), text.size()));
    text.erase(text.find_last_not_of(padding == H5T_STR_SPACEPAD ? ' ' : '\0') + 1);
    texts.push_back(std::move(text));
  }
  return texts;
}

template <class Number>
Texts read_numbers(const Opened& a, hid_t memory_type) {
  std::vector<Number> values(a.count);
  if (H5Aread(a.attribute.get(), memory_type, values.data()) < 0) return std::nullopt;
  std::vector<std::string> texts;
  for (const Number value : values) {
    if constexpr (std::is_floating_point_v<Number>)
      texts.push_back(format_shortest(value));
    else
      texts.push_back(std::to_string(value));
  }
  return texts;
}

/// Booleans of h5py are an enumeration of FALSE and TRUE.
Texts read_enumeration(const Opened& a) {
  const std::size_t size = H5Tget_size(a.type.get());
  std::string bytes(a.count * size, '\0');
  if (H5Aread(a.attribute.get(), a.type.get(), bytes.data()) < 0) return std::nullopt;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < a.count; ++i) {
    std::array<char, 256> name{};
    if (H5Tenum_nameof(a.type.get(), bytes.data() + i * size, name.data(), name.size()) < 0)
      return std::nullopt;
    texts.emplace_back(name.data());
  }
  return texts;
}

Texts read_texts(const Opened& a, std::size_t most) {
  const hid_t type = a.type.get();
  const bool variable = a.kind == H5T_STRING && H5Tis_variable_str(type) > 0;
  if (a.count > most / std::max<std::size_t>(H5Tget_size(type), 1)) return std::nullopt;
  if (a.count == 0) return std::vector<std::string>();
  if (variable) return read_variable_strings(a, most);
  if (a.kind == H5T_STRING) return read_fixed_strings(a);
  if (a.kind == H5T_ENUM) return read_enumeration(a);
  if (a.kind == H5T_FLOAT && H5Tget_size(type) <= sizeof(double))
    return read_numbers<double>(a, H5T_NATIVE_DOUBLE);
  if (a.kind != H5T_INTEGER || H5Tget_size(type) > sizeof(std::uint64_t)) return std::nullopt;
  return H5Tget_sign(type) == H5T_SGN_NONE ? read_numbers<std::uint64_t>(a, H5T_NATIVE_UINT64)
                                           : read_numbers<std::int64_t>(a, H5T_NATIVE_INT64);
}

/// The elements from `next` on as dimension `axis` of the shape and all further ones.
std::string nest(const Opened& a, const std::vector<std::string>& elements, std::size_t axis,
                 std::size_t& next) {
  if (axis == a.shape.size()) return elements[next++];
  std::string text = "[";
  for (hsize_t i = 0; i < a.shape[axis]; ++i) {
    if (next == elements.size()) break;  // an extent of 0 further in
    text += (i == 0 ? "" : ", ") + nest(a, elements, axis + 1, next);
  }
  return text + "]";
}

std::string kind_in_words(H5T_class_t kind) {
  if (kind == H5T_STRING) return "text";
  if (kind == H5T_INTEGER) return "integer";
  return kind == H5T_FLOAT ? "floating-point number" : class_name(kind);
}

/// Marks what `text` cannot hold, showing what it can.
Attribute lost(const Opened& a, std::size_t most) {
  const bool array = a.count != 1;
  const bool readable = a.kind == H5T_STRING || a.kind == H5T_INTEGER || a.kind == H5T_FLOAT;
  std::string what = kind_in_words(a.kind);
  if (H5Sget_simple_extent_type(a.space.get()) == H5S_NULL) return {"<empty>", false, "empty " + what};
  if (!readable) return {array ? "<array>" : "<not text or number>", array, what};
  if (H5Tget_size(a.type.get()) * a.count > most || (a.kind == H5T_STRING && most < maximum_attribute_bytes))
    what += ", too long together with the others";
  return {array ? "<array>" : "<unreadable>", array, what};
}

Attribute describe(const Opened& a, std::size_t most) {
  auto texts = read_texts(a, most);
  if (!texts || H5Sget_simple_extent_type(a.space.get()) == H5S_NULL) return lost(a, most);
  if (a.count == 1) return {std::move(texts->front()), false, ""};
  if (a.kind == H5T_STRING || a.kind == H5T_ENUM) {
    for (std::string& text : *texts) {
      if (!is_utf8(text)) return {"<array>", true, "strings that are not UTF-8"};
      text = json_string(text);
    }
  }
  std::size_t next = 0;
  return {nest(a, *texts, 0, next), true, ""};
}

/// Reads at most `most` bytes.
std::optional<Attribute> read_bounded(hid_t object, const std::string& name, std::size_t most) {
  if (H5Aexists(object, name.c_str()) <= 0) return std::nullopt;
  const auto opened = open(object, name);
  if (!opened) return Attribute{"<unreadable>", false, "unreadable"};
  return describe(*opened, most);
}

}  // namespace

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  hsize_t position = 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, collect_name, &names);
  return names;
}

std::optional<Attribute> read_attribute(hid_t object, const std::string& name) {
  return read_bounded(object, name, maximum_attribute_bytes);
}

Attributes read_attributes(hid_t object) {
  std::vector<std::string> names(used_names.begin(), used_names.end());
  const auto all = attribute_names(object);
  names.insert(names.end(), all.begin(), all.end());
  Attributes attributes;
  std::size_t most = maximum_attribute_bytes;
  for (const std::string& name : names) {
    if (attributes.contains(name)) continue;
    auto found = read_bounded(object, name, most);
    if (!found) continue;
    most -= std::min(most, found->text.size());
    attributes[name] = std::move(*found);
  }
  return attributes;
}

}  // namespace tmm::io::hdf5
