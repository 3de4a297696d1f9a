// SPDX-License-Identifier: MIT
#include "io/checkpoint/convert.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "io/checkpoint/safetensors_writer.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/json/json_text.hpp"
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

using Metadata = std::map<std::string, std::string>;

/// Metadata that `holds` says the output can have; the names of the others go to `lost`.
Metadata keep(const Metadata& all, const std::function<bool(const std::string&)>& holds, const char* reason,
              std::vector<std::string>& lost) {
  Metadata kept;
  for (const auto& [name, value] : all) {
    if (holds(name) && holds(value))
      kept[name] = value;
    else
      lost.push_back("attribute " + name + " (" + reason + ")");
  }
  return kept;
}

void write_safetensors(const TensorSource& source, const std::string& output, bool replace,
                       const Metadata& metadata) {
  std::vector<DatasetInfo> arrays;
  for (const auto& [name, info] : source.datasets()) {
    arrays.push_back(info);
    arrays.back().path = name;
  }
  SafetensorsWriter writer(output, source.header().path, std::move(arrays), metadata);
  std::vector<DatasetInfo> order;
  for (const DatasetInfo& info : writer.order()) order.push_back(source.datasets().at(info.path));
  for_each_array(source, order,
                 [&](std::size_t, std::span<const std::byte> values) { writer.write(values); });
  writer.finish(replace);
}

void write_hdf5(const TensorSource& source, const std::string& output, bool replace,
                const Metadata& metadata) {
  std::vector<std::string> names;
  std::vector<DatasetInfo> arrays;
  for (const auto& [name, info] : source.datasets()) names.push_back(name), arrays.push_back(info);
  ArrayWriter writer(output);
  for_each_array(source, arrays, [&](std::size_t i, std::span<const std::byte> values) {
    writer.raw(names[i], arrays[i], values);
    if (arrays[i].element == Element::bfloat16) writer.attribute(names[i], "dtype", "bfloat16");
  });
  for (const auto& [name, value] : metadata) writer.attribute("/", name, value);
  writer.finish(replace);
}

/// HDF5 and safetensors become each other; what is neither becomes what the output's name says.
bool becomes_safetensors(const std::string& format, const std::string& output) {
  if (format == "HDF5" || format.starts_with("safetensors")) return format == "HDF5";
  return output.ends_with(".safetensors");
}

}  // namespace

Conversion convert_checkpoint(const std::string& input, const std::string& output, bool replace,
                              const std::string& copy) {
  const auto source = open_checkpoint(input, copy);
  const CheckpointHeader& header = source->header();
  require_writable(*source);
  Conversion conversion;
  conversion.from = header.format;
  conversion.notes = remarks(header);
  conversion.tensors = source->datasets().size();
  const bool to_safetensors = becomes_safetensors(header.format, output);
  conversion.to = to_safetensors ? "safetensors" : "HDF5";
  for (const auto& [name, info] : source->datasets())
    if (name != info.path) {
      conversion.notes.push_back("names are state-dict names: " + info.path + " became " + name);
      break;
    }
  for (const std::string& name : header.array_attributes)
    conversion.notes.push_back("attribute " + name + " is an array; it goes over as text");
  Metadata known = header.attributes;
  for (const LostMetadata& lost : header.lost) {
    conversion.lost.push_back(lost.what);
    if (!lost.attribute.empty()) known.erase(lost.attribute);
  }
  if (to_safetensors) {
    const auto metadata = keep(known, is_utf8, "not UTF-8", conversion.lost);
    write_safetensors(*source, output, replace, metadata);
  } else {
    const auto text = [](const std::string& t) { return t.find('\0') == std::string::npos; };
    auto metadata = keep(known, text, "has a NUL", conversion.lost);
    if (metadata.erase("") != 0) conversion.lost.push_back("metadata without a name");
    std::erase_if(metadata, [&](const auto& entry) {
      if (entry.first.size() <= maximum_name) return false;
      conversion.lost.push_back("attribute " + entry.first.substr(0, 80) + "… (its name is too long)");
      return true;
    });
    write_hdf5(*source, output, replace, metadata);
  }
  return conversion;
}

}  // namespace tmm::io
