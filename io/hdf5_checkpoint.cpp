// SPDX-License-Identifier: MIT
#include "io/hdf5_checkpoint.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "io/half.hpp"
#include "io/hdf5.hpp"
#include "io/rehearsal.hpp"
#include "model/architecture.hpp"
#include "model/error.hpp"
#include "model/toeplitz_layers.hpp"
#include "model/toeplitz_name.hpp"

namespace tmm::io {
namespace {

using hdf5::DatasetInfo, hdf5::Element, hdf5::File, hdf5::Handle;
using model::DType, model::Tensor;

/// "module/_orig_mod.mixer_blocks/0/…" → "mixer_blocks.0.…".
std::string state_dict_name(std::string path) {
  std::replace(path.begin(), path.end(), '/', '.');
  std::string_view rest = path;
  for (bool stripped = true; stripped;) {
    stripped = false;
    for (const std::string_view prefix : {std::string_view("module."), std::string_view("_orig_mod.")})
      if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size()), stripped = true;
  }
  return std::string(rest);
}

bool is_float(Element element) {
  return element == Element::float16 || element == Element::bfloat16 || element == Element::float32 ||
         element == Element::float64;
}

DType dtype_of(Element element) {
  switch (element) {
    case Element::float16:
      return DType::float16;
    case Element::bfloat16:
      return DType::bfloat16;
    case Element::float64:
      return DType::float64;
    default:
      return DType::float32;
  }
}

Handle open_root(const File& file) {
  return {H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose};
}

bool may_be_bfloat16(const DatasetInfo& info) {
  return info.element == Element::unsigned_integer && info.element_size == 2;
}

/// Users of numpy store the bit patterns of bfloat16 as uint16 with an attribute dtype = "bfloat16".
void resolve_bfloat16(const File& file, DatasetInfo& info) {
  if (!may_be_bfloat16(info) || hdf5::attribute_text(file.open(info.path).get(), "dtype") != "bfloat16")
    return;
  info.element = Element::bfloat16;
  info.type = "bfloat16";
}

/// State-dict name → header of its dataset, for every dataset of the file.
std::map<std::string, DatasetInfo> inspect_all(const File& file) {
  std::vector<DatasetInfo> datasets;
  for (const std::string& path : file.datasets()) {
    const Handle handle(H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT),
                        H5Dclose);  // links checked by the walk
    if (!handle.valid()) hdf5::fail("cannot open this dataset", file.path(), path);
    datasets.push_back(file.inspect(path, handle));
  }
  std::map<std::string, DatasetInfo> found;
  for (DatasetInfo& info : datasets) {
    resolve_bfloat16(file, info);
    std::string name = state_dict_name(info.path);
    if (!is_float(info.element) && model::parse_toeplitz_weight(name))
      throw FormatError(
          "weights are not floating-point numbers",
          {file.path(), info.path, "float16, float32, float64, or uint16 with attribute dtype = \"bfloat16\"",
           info.type, ""});
    const auto [position, inserted] = found.try_emplace(std::move(name), info);
    if (!inserted)
      throw FormatError("two datasets are one tensor",
                        {file.path(), info.path, "one dataset a tensor",
                         position->second.path + " as well, after taking off prefixes", ""});
  }
  return found;
}

CheckpointHeader header_of(const File& file, const std::map<std::string, DatasetInfo>& datasets) {
  CheckpointHeader header;
  header.path = file.path();
  header.format = "HDF5";
  for (const auto& [name, info] : datasets) {
    if (is_float(info.element))
      header.tensors.push_back({name, info.shape, dtype_of(info.element)});
    else
      header.ignored.push_back({name, info.type});
  }
  const Handle root = open_root(file);
  for (const std::string& attribute : hdf5::attribute_names(root.get()))
    header.attributes[attribute] = hdf5::attribute_text(root.get(), attribute).value_or("");
  header.file_size = file.size();
  return header;
}

template <class T>
std::vector<T> read_values(const File& file, const DatasetInfo& info, const Handle& handle,
                           hid_t memory_type) {
  std::vector<T> values(info.size());
  file.read(info, handle, memory_type, values.data());
  return values;
}

/// 16-bit patterns in native order; a change of byte order is all that HDF5 does to them.
std::vector<std::uint16_t> read_bits(const File& file, const DatasetInfo& info, const Handle& handle) {
  const Handle type(H5Dget_type(handle.get()), H5Tclose);
  const Handle native(H5Tcopy(type.get()), H5Tclose);
  H5Tset_order(native.get(), H5Tget_order(H5T_NATIVE_UINT16));
  return read_values<std::uint16_t>(file, info, handle, native.get());
}

Tensor read_tensor(const File& file, const std::string& name, const DatasetInfo& info) {
  const Handle handle = file.open(info.path);
  file.check_storage(info, handle);
  Tensor tensor{{name, info.shape, dtype_of(info.element)}, {}};
  if (info.element == Element::float64) {
    tensor.values = read_values<double>(file, info, handle, H5T_NATIVE_DOUBLE);
  } else if (info.element == Element::float32) {
    tensor.values = read_values<float>(file, info, handle, H5T_NATIVE_FLOAT);
  } else {
    const auto bits = read_bits(file, info, handle);
    std::vector<float> values(bits.size());
    std::transform(bits.begin(), bits.end(), values.begin(),
                   info.element == Element::float16 ? from_float16 : from_bfloat16);
    tensor.values = std::move(values);
  }
  return tensor;
}

/// Toeplitz weights and the biases beside them.
std::set<std::string> toeplitz_names(const CheckpointHeader& header) {
  std::set<std::string> names;
  for (const std::string& weight : model::toeplitz_weight_names(header.tensors)) {
    names.insert(weight);
    names.insert(weight.substr(0, weight.size() - 6) + "bias");
  }
  return names;
}

/// The whole reading of the header in a child process first.
void rehearse_header(const std::string& path) {
  hdf5::initialize();
  rehearse(path, [&] {
    const File file(path);
    header_of(file, inspect_all(file));
  });
}

}  // namespace

CheckpointHeader read_hdf5_header(const std::string& path) {
  rehearse_header(path);
  const File file(path);
  return header_of(file, inspect_all(file));
}

model::StateDict read_hdf5_checkpoint(const std::string& path, Selection selection) {
  rehearse_header(path);
  const File file(path);
  const auto datasets = inspect_all(file);
  std::set<std::string> wanted;
  if (selection != Selection::all) {
    const CheckpointHeader header = header_of(file, datasets);
    model::recognize(header.tensors, path);
    wanted = toeplitz_names(header);
  }
  model::StateDict state(path);
  const auto selected = [&](const std::string& name) {
    if (selection == Selection::all || wanted.contains(name)) return true;
    const auto place = model::parse_block_tensor(name);
    return selection == Selection::token_mixing && place && place->rest.starts_with("token_mixing_layer.");
  };
  for (const auto& [name, info] : datasets)
    if (is_float(info.element) && selected(name)) state.insert(read_tensor(file, name, info));
  return state;
}

}  // namespace tmm::io
