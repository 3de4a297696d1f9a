// SPDX-License-Identifier: MIT
// What a dataset's header says, and whether its storage may be trusted with an allocation.
#include <algorithm>
#include <cstring>
#include <limits>

#include "io/hdf5/hdf5.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io::hdf5 {
namespace {

constexpr std::uint64_t deflate_limit = 1100;      // zlib expands by 1032 at most
constexpr std::uint64_t chunk_limit = 64U << 20U;  // bytes, unless the dataset itself is larger

Handle custom_float(std::size_t exponent_bits, std::size_t mantissa_bits) {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  const std::size_t sign = exponent_bits + mantissa_bits;
  H5Tset_fields(type.get(), sign, mantissa_bits, exponent_bits, 0, mantissa_bits);
  H5Tset_size(type.get(), 2);
  H5Tset_ebias(type.get(), (std::size_t{1} << (exponent_bits - 1)) - 1);
  return type;
}

/// Equal to `model` (little-endian), in either byte order.
bool same_float(hid_t type, hid_t model) {
  const Handle swapped(H5Tcopy(model), H5Tclose);
  H5Tset_order(swapped.get(), H5T_ORDER_BE);
  return H5Tequal(type, model) > 0 || H5Tequal(type, swapped.get()) > 0;
}

Element float_element(hid_t type, std::size_t size) {
  if (size == 4 && same_float(type, H5T_IEEE_F32LE)) return Element::float32;
  if (size == 8 && same_float(type, H5T_IEEE_F64LE)) return Element::float64;
  if (size == 2 && same_float(type, float16_type().get())) return Element::float16;
  if (size == 2 && same_float(type, bfloat16_type().get())) return Element::bfloat16;
  return Element::other;  // exotic bit layouts do not reach HDF5's conversion code
}

bool plain_integer(hid_t type, std::size_t size) {
  return (size == 1 || size == 2 || size == 4 || size == 8) && H5Tget_precision(type) == 8 * size &&
         H5Tget_offset(type) == 0;
}

/// Fills element, element_size and type.
void read_type(const Handle& dataset, DatasetInfo& info) {
  const Handle type(H5Dget_type(dataset.get()), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.get());
  info.element_size = H5Tget_size(type.get());
  info.type = class_name(kind);
  if (kind == H5T_FLOAT) {
    info.element = float_element(type.get(), info.element_size);
  } else if (kind == H5T_INTEGER && plain_integer(type.get(), info.element_size)) {
    const bool is_signed = H5Tget_sign(type.get()) != H5T_SGN_NONE;
    info.element = is_signed ? Element::signed_integer : Element::unsigned_integer;
  }
  if (const std::string word = type_name(info.element, info.element_size); !word.empty()) info.type = word;
}

/// h5repack copies no dataset whose filter it does not have, and ends well: h5py says so, or copies.
std::string advice_on_filter(H5Z_filter_t filter) {
  constexpr H5Z_filter_t lzf = 32000;
  return std::string("A copy without it, in Python (h5repack would leave such datasets out):") +
         (filter == lzf ? "\n  import h5py" : "\n  import h5py, hdf5plugin") +
         "\n  with h5py.File(\"model.h5\") as f, h5py.File(\"copy.h5\", \"w\") as g:"
         "\n      g.attrs.update(f.attrs)"
         "\n      f.visititems(lambda name, x: g.create_dataset(name, data=x[()]).attrs.update(x.attrs)"
         "\n                   if isinstance(x, h5py.Dataset) else None)";
}

void check_filters(const Handle& plan, const std::string& file, const std::string& dataset) {
  const int count = H5Pget_nfilters(plan.get());
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0, configuration = 0;
    std::size_t values = 0;
    char label[64] = {};
    const H5Z_filter_t filter = H5Pget_filter2(plan.get(), static_cast<unsigned>(i), &flags, &values, nullptr,
                                               sizeof label, label, &configuration);
    if (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32)
      continue;
    throw FormatError("filter is not supported", {file, dataset, "gzip, shuffle or fletcher32",
                                                  "filter " + std::to_string(filter) + " " +
                                                      std::string(label, ::strnlen(label, sizeof label)),
                                                  advice_on_filter(filter)});
  }
}

struct Chunks {
  std::uint64_t expected = 1;  // to cover the dataset
  std::uint64_t bytes = 0;     // of one chunk, decoded
  std::uint64_t rows = 1;      // of one chunk, along the first dimension
};

Chunks read_chunks(const Handle& plan, const DatasetInfo& info) {
  hsize_t extents[maximum_rank] = {};
  const int rank = H5Pget_chunk(plan.get(), static_cast<int>(maximum_rank), extents);
  Chunks chunks{1, info.element_size, std::max<hsize_t>(extents[0], 1)};
  for (int i = 0; i < std::min(rank, static_cast<int>(info.shape.size())); ++i) {
    const hsize_t extent = std::max<hsize_t>(extents[i], 1);
    const std::uint64_t length = info.shape[static_cast<std::size_t>(i)];
    chunks.expected *= length / extent + (length % extent != 0);  // ≤ product of the shape: no overflow
    if (__builtin_mul_overflow(chunks.bytes, extent, &chunks.bytes))
      chunks.bytes = std::numeric_limits<std::uint64_t>::max();
  }
  return chunks;
}

}  // namespace

std::string class_name(H5T_class_t kind) {
  switch (kind) {
    case H5T_STRING:
      return "string";
    case H5T_COMPOUND:
      return "compound (complex numbers?)";
    case H5T_ENUM:
      return "enumeration (booleans?)";
    case H5T_REFERENCE:
      return "reference";
    case H5T_VLEN:
      return "variable-length";
    case H5T_ARRAY:
      return "array";
    case H5T_FLOAT:
      return "float of unusual layout";
    case H5T_INTEGER:
      return "integer of unusual layout";
    default:
      return "opaque";
  }
}

Handle float16_type() {
  return custom_float(5, 10);
}

Handle bfloat16_type() {
  return custom_float(8, 7);
}

DatasetInfo File::inspect(const std::string& dataset, const Handle& handle) const {
  const Handle plan(H5Dget_create_plist(handle.get()), H5Pclose);
  if (!plan.valid()) hdf5::fail("cannot read the dataset's header", path_, dataset);
  // Both before the extent is asked for: that alone may open other files.
  if (H5Pget_layout(plan.get()) == H5D_VIRTUAL)
    throw FormatError("virtual datasets are not followed",
                      {path_, dataset, "data stored in this file", "", ""});
  if (H5Pget_external_count(plan.get()) != 0)
    throw FormatError("external storage is not followed",
                      {path_, dataset, "data stored in this file", "", ""});

  DatasetInfo info;
  info.path = dataset;
  read_type(handle, info);
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
    info.element = Element::other;
    info.type = "empty";
    return info;
  }
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0 || static_cast<std::size_t>(rank) > maximum_rank)
    throw FormatError("wrong number of dimensions", {path_, dataset, "at most 8", std::to_string(rank), ""});
  hsize_t extents[maximum_rank] = {};
  if (H5Sget_simple_extent_dims(space.get(), extents, nullptr) < 0)
    hdf5::fail("cannot read the shape", path_, dataset);
  info.shape.assign(extents, extents + rank);
  check_extents(info, path_);
  return info;
}

Storage File::check_storage(const DatasetInfo& info, const Handle& handle) const {
  const std::uint64_t logical = info.bytes();
  if (logical == 0) return {};
  const auto refuse = [&](const std::string& what, std::uint64_t stored) {
    throw FormatError(what, {path_, info.path, std::to_string(logical) + " bytes of " + info.type,
                             std::to_string(stored) + " stored", ""});
  };
  const Handle plan(H5Dget_create_plist(handle.get()), H5Pclose);
  check_filters(plan, path_, info.path);
  const std::uint64_t stored = H5Dget_storage_size(handle.get());
  if (stored == 0) refuse("data was never written", stored);
  if (stored > input_.size()) refuse("data goes beyond the end of the file", stored);
  if (H5Pget_layout(plan.get()) != H5D_CHUNKED) {
    const haddr_t offset =
        H5Dget_offset(handle.get());  // undefined for compact data, which sits in the header
    if (stored < logical) refuse("data is incomplete", stored);
    if (offset != HADDR_UNDEF && offset > input_.size() - stored)
      refuse("data goes beyond the end of the file", stored);
    const Handle type(H5Dget_type(handle.get()), H5Tclose);
    const bool plain = H5Pget_layout(plan.get()) == H5D_CONTIGUOUS && offset != HADDR_UNDEF &&
                       (info.element_size == 1 || H5Tget_order(type.get()) == H5Tget_order(H5T_NATIVE_INT));
    return {plain ? std::optional<std::uint64_t>(offset) : std::nullopt, 1};
  }
  const Chunks chunks = read_chunks(plan, info);
  if (chunks.bytes > std::max(chunk_limit, logical)) refuse("chunks are too large", stored);
  if (logical / deflate_limit > stored) refuse("data is smaller than any compression could make it", stored);
  hsize_t written = 0;
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  if (H5Dget_num_chunks(handle.get(), space.get(), &written) < 0)
    hdf5::fail("cannot count the chunks", path_, info.path);
  if (written < chunks.expected) refuse("data was only partly written", stored);
  return {std::nullopt, chunks.rows};
}

}  // namespace tmm::io::hdf5
