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

/// What is written of a source, and where.
struct Plan {
  std::string output;
  bool replace = false, safetensors = false;
  bool own_names = false;  ///< those of the file instead of state-dict names
  const ReplacedArrays* replaced = nullptr;
  Metadata added = {};
};

/// The arrays of a source with their names in the output, in order of the latter.
struct Arrays {
  std::vector<std::string> names;
  std::vector<DatasetInfo> infos;  ///< as in the source
  std::vector<std::string> keys;   ///< state-dict names

  Arrays(const TensorSource& source, bool own_names) {
    std::map<std::string, std::string> key_of;
    for (const auto& [name, info] : source.datasets()) key_of[own_names ? info.path : name] = name;
    for (const auto& [name, key] : key_of) {
      names.push_back(name);
      infos.push_back(source.datasets().at(key));
      keys.push_back(key);
    }
  }
};

/// The values of array `key`: what replaces them, if anything does.
std::span<const std::byte> values_of(const Plan& plan, const std::string& key,
                                     std::span<const std::byte> stored) {
  if (plan.replaced == nullptr) return stored;
  const auto found = plan.replaced->find(key);
  return found == plan.replaced->end() ? stored : std::span<const std::byte>(found->second);
}

void write_safetensors(const TensorSource& source, const Plan& plan, const Metadata& metadata) {
  const Arrays arrays(source, plan.own_names);
  std::map<std::string, std::size_t> place;
  std::vector<DatasetInfo> planned = arrays.infos;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    planned[i].path = arrays.names[i];
    place[arrays.names[i]] = i;
  }
  SafetensorsWriter writer(plan.output, source.header().path, std::move(planned), metadata);
  std::vector<DatasetInfo> order;
  std::vector<std::string> keys;
  for (const DatasetInfo& info : writer.order()) {
    order.push_back(arrays.infos[place.at(info.path)]);
    keys.push_back(arrays.keys[place.at(info.path)]);
  }
  for_each_array(source, order, [&](std::size_t i, std::span<const std::byte> values) {
    writer.write(values_of(plan, keys[i], values));
  });
  writer.finish(plan.replace);
}

void write_hdf5(const TensorSource& source, const Plan& plan, const Metadata& metadata) {
  const Arrays arrays(source, plan.own_names);
  ArrayWriter writer(plan.output);
  for_each_array(source, arrays.infos, [&](std::size_t i, std::span<const std::byte> values) {
    writer.raw(arrays.names[i], arrays.infos[i], values_of(plan, arrays.keys[i], values));
    if (arrays.infos[i].element == Element::bfloat16) writer.attribute(arrays.names[i], "dtype", "bfloat16");
  });
  for (const auto& [name, value] : metadata) writer.attribute("/", name, value);
  writer.finish(plan.replace);
}

/// HDF5 and safetensors become each other; what is neither becomes what the output's name says.
bool becomes_safetensors(const std::string& format, const std::string& output) {
  if (format == "HDF5" || format.starts_with("safetensors")) return format == "HDF5";
  return output.ends_with(".safetensors");
}

/// Metadata that HDF5 can hold.
Metadata keep_for_hdf5(const Metadata& all, std::vector<std::string>& lost) {
  const auto text = [](const std::string& t) { return t.find('\0') == std::string::npos; };
  auto metadata = keep(all, text, "has a NUL", lost);
  if (metadata.erase("") != 0) lost.push_back("metadata without a name");
  std::erase_if(metadata, [&](const auto& entry) {
    if (entry.first.size() <= maximum_name) return false;
    lost.push_back("attribute " + entry.first.substr(0, 80) + "… (its name is too long)");
    return true;
  });
  return metadata;
}

Conversion write(const TensorSource& source, const Plan& plan) {
  const CheckpointHeader& header = source.header();
  require_writable(source);
  Conversion conversion;
  conversion.from = header.format;
  conversion.notes = remarks(header);
  conversion.tensors = source.datasets().size();
  conversion.to = plan.safetensors ? "safetensors" : "HDF5";
  if (!plan.own_names)
    for (const auto& [name, info] : source.datasets())
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
  for (const auto& [name, value] : plan.added) known[name] = value;
  if (plan.safetensors)
    write_safetensors(source, plan, keep(known, is_utf8, "not UTF-8", conversion.lost));
  else
    write_hdf5(source, plan, keep_for_hdf5(known, conversion.lost));
  return conversion;
}

}  // namespace

Conversion convert_checkpoint(const std::string& input, const std::string& output, bool replace,
                              const std::string& copy) {
  const auto source = open_checkpoint(input, copy);
  Plan plan{output, replace};
  plan.safetensors = becomes_safetensors(source->header().format, output);
  return write(*source, plan);
}

Conversion copy_checkpoint(const TensorSource& source, const std::string& output, bool replace,
                           const ReplacedArrays& replaced,
                           const std::map<std::string, std::string>& metadata) {
  for (const auto& [name, values] : replaced) {
    const auto found = source.datasets().find(name);
    if (found == source.datasets().end() || found->second.bytes() != values.size())
      throw ArgumentError("no array of this size to replace", {source.header().path, name, "", "", ""});
  }
  const std::string& format = source.header().format;
  Plan plan{output, replace};
  plan.own_names = format == "HDF5" || format.starts_with("safetensors");
  plan.safetensors = plan.own_names ? format != "HDF5" : becomes_safetensors(format, output);
  plan.replaced = &replaced;
  plan.added = metadata;
  return write(source, plan);
}

}  // namespace tmm::io
