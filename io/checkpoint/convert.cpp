// SPDX-License-Identifier: MIT
#include "io/checkpoint/convert.hpp"

#include <cstddef>
#include <utility>

#include "io/checkpoint/safetensors_writer.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t batch_bytes = 256U << 20U;  // in memory at a time, unless one array has more

/// Calls `write` with the values of each array in turn, holding a few of them in memory at a time.
template <class Write>
void for_each_array(const TensorSource& source, const std::vector<DatasetInfo>& arrays, const Write& write) {
  for (std::size_t first = 0; first < arrays.size();) {
    std::size_t last = first;
    for (std::uint64_t bytes = 0; last < arrays.size(); ++last) {
      bytes += arrays[last].bytes();
      if (last > first && bytes > batch_bytes) break;
    }
    std::vector<std::vector<std::byte>> values(last - first);
    source.read(std::span(arrays).subspan(first, last - first), [&](std::size_t i) {
      values[i].resize(arrays[first + i].bytes());
      return std::span(values[i]);
    });
    for (std::size_t i = 0; i < values.size(); ++i) write(first + i, std::span<const std::byte>(values[i]));
    first = last;
  }
}

void require_writable(const TensorSource& source) {
  for (const auto& [name, info] : source.datasets())
    if (info.element == Element::other)
      throw FormatError(
          "cannot be converted without loss",
          {source.header().path, info.path, "floating-point numbers or integers", info.type, ""});
}

void write_safetensors(const TensorSource& source, const std::string& output, bool replace) {
  std::vector<DatasetInfo> arrays;
  for (const auto& [name, info] : source.datasets()) {
    arrays.push_back(info);
    arrays.back().path = name;
  }
  SafetensorsWriter writer(output, source.header().path, std::move(arrays), source.header().attributes);
  std::vector<DatasetInfo> order;
  for (const DatasetInfo& info : writer.order()) order.push_back(source.datasets().at(info.path));
  for_each_array(source, order,
                 [&](std::size_t, std::span<const std::byte> values) { writer.write(values); });
  writer.finish(replace);
}

void write_hdf5(const TensorSource& source, const std::string& output, bool replace) {
  std::vector<std::string> names;
  std::vector<DatasetInfo> arrays;
  for (const auto& [name, info] : source.datasets()) names.push_back(name), arrays.push_back(info);
  ArrayWriter writer(output);
  for_each_array(source, arrays, [&](std::size_t i, std::span<const std::byte> values) {
    writer.raw(names[i], arrays[i], values);
    if (arrays[i].element == Element::bfloat16) writer.attribute(names[i], "dtype", "bfloat16");
  });
  for (const auto& [name, value] : source.header().attributes) writer.attribute("/", name, value);
  writer.finish(replace);
}

}  // namespace

Conversion convert_checkpoint(const std::string& input, const std::string& output, bool replace) {
  const auto source = open_checkpoint(input);
  const CheckpointHeader& header = source->header();
  require_writable(*source);
  Conversion conversion;
  conversion.from = header.format;
  conversion.tensors = source->datasets().size();
  const bool from_hdf5 = header.format == "HDF5";
  conversion.to = from_hdf5 ? "safetensors" : "HDF5";
  for (const auto& [name, info] : source->datasets())
    if (name != info.path) {
      conversion.notes.push_back("names are state-dict names: " + info.path + " became " + name);
      break;
    }
  if (from_hdf5)
    write_safetensors(*source, output, replace);
  else
    write_hdf5(*source, output, replace);
  return conversion;
}

}  // namespace tmm::io
