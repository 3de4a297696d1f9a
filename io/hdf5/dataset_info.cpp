// SPDX-License-Identifier: MIT
#include "io/hdf5/dataset_info.hpp"

#include <algorithm>

#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t maximum_bytes = std::uint64_t{1} << 36U;  // of one array, as stored

}  // namespace

std::size_t DatasetInfo::size() const {
  std::size_t product = 1;
  for (const std::size_t extent : shape) product *= extent;
  return product;
}

std::string type_name(Element element, std::size_t element_size) {
  const std::string bits = std::to_string(8 * element_size);
  switch (element) {
    case Element::bfloat16:
      return "bfloat16";
    case Element::float16:
    case Element::float32:
    case Element::float64:
      return "float" + bits;
    case Element::signed_integer:
      return "int" + bits;
    case Element::unsigned_integer:
      return "uint" + bits;
    default:
      return "";
  }
}

void check_extents(const DatasetInfo& info, const std::string& file) {
  if (info.shape.size() > maximum_rank)
    throw FormatError("wrong number of dimensions",
                      {file, info.path, "at most 8", std::to_string(info.shape.size()), ""});
  std::uint64_t bytes = std::max<std::uint64_t>(info.element_size, 1);
  for (const std::size_t extent : info.shape)  // an extent of 0 must not hide an overflow of the others
    if (__builtin_mul_overflow(bytes, std::max<std::uint64_t>(extent, 1), &bytes) || bytes > maximum_bytes)
      throw FormatError("dataset is too large",
                        {file, info.path, "at most 64 GiB", model::format_shape(info.shape), ""});
}

}  // namespace tmm::io
