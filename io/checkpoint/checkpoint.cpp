// SPDX-License-Identifier: MIT
#include "io/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "io/checkpoint/hdf5_checkpoint.hpp"
#include "io/checkpoint/safetensors_checkpoint.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/files/half.hpp"
#include "io/files/input_file.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/toeplitz_layers.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::io {
namespace {

enum class Format { hdf5, safetensors, safetensors_index };

constexpr const char* accepted = "an HDF5 or safetensors checkpoint";

/// The format signature of HDF5 stands at 0, or after a user block of 512, 1024, … bytes.
bool has_hdf5_signature(const InputFile& file) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  for (std::uint64_t offset = 0; offset < file.size(); offset = offset == 0 ? 512 : 2 * offset)
    if (file.read(offset, signature.size()) == signature) return true;
  return false;
}

/// A safetensors file begins with the length of its header, 8 bytes that are no text, as it is below 2^27;
/// an index is JSON text.
Format detect(const std::string& path) {
  const InputFile file(path);
  if (file.size() == 0) throw FormatError("file is empty", {path, "", accepted, "0 bytes", ""});
  const std::string start = file.read(0, 9);
  // Before the search for a signature further inside: tensors may contain anything.
  if (start.size() == 9 && start[8] == '{' && start.substr(3, 5) == std::string_view("\0\0\0\0\0", 5))
    return Format::safetensors;
  if (has_hdf5_signature(file)) return Format::hdf5;
  const auto first = start.find_first_not_of(" \t\r\n");
  const bool text = start.find('\0') == std::string::npos;
  if (text && first != std::string::npos && start[first] == '{') return Format::safetensors_index;
  if (start.size() == 9 && (start[8] == '{' || start.substr(4, 4) == std::string_view("\0\0\0\0", 4)))
    return Format::safetensors;  // a damaged one: its reader says how
  std::string hint;
  if (start.starts_with(std::string_view("PK\x03\x04", 4)) || start.starts_with("\x80\x02"))
    hint = "It looks like a file of torch.save: write its state_dict() to HDF5 with h5py first.";
  throw FormatError("not an HDF5 or safetensors file", {path, "", accepted, "neither's first bytes", hint});
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

/// A tensor in the making: 16-bit patterns wait in `bits` to become floats.
struct Draft {
  model::Tensor tensor;
  std::vector<std::uint16_t> bits;

  std::span<std::byte> allocate() {
    const std::size_t size = tensor.info.size();
    if (tensor.info.dtype == model::DType::float64)
      return std::as_writable_bytes(std::span(tensor.values.emplace<std::vector<double>>(size)));
    if (tensor.info.dtype == model::DType::float32)
      return std::as_writable_bytes(std::span(tensor.values.emplace<std::vector<float>>(size)));
    bits.resize(size);
    return std::as_writable_bytes(std::span(bits));
  }

  model::Tensor finish() {
    if (tensor.info.dtype == model::DType::float16 || tensor.info.dtype == model::DType::bfloat16) {
      std::vector<float> values(bits.size());
      std::transform(bits.begin(), bits.end(), values.begin(),
                     tensor.info.dtype == model::DType::float16 ? from_float16 : from_bfloat16);
      tensor.values = std::move(values);
      bits = {};
    }
    return std::move(tensor);
  }
};

/// Floating-point types that cannot be read: "F8_E4M3", "float8", …
bool is_float_name(std::string_view type) {
  return type.starts_with("F8") || type.starts_with("F6") || type.starts_with("F4") ||
         type.starts_with("float");
}

}  // namespace

std::unique_ptr<TensorSource> open_checkpoint(const std::string& path) {
  switch (detect(path)) {
    case Format::safetensors:
      return open_safetensors_checkpoint(path);
    case Format::safetensors_index:
      return open_safetensors_index(path);
    default:
      return open_hdf5_checkpoint(path);
  }
}

CheckpointHeader read_header(const std::string& path) {
  return open_checkpoint(path)->header();
}

model::Architecture recognize_header(const CheckpointHeader& header) {
  model::Architecture architecture = model::recognize(header.tensors, header.path);
  std::vector<std::string> floats;
  for (const IgnoredDataset& dataset : header.ignored)
    if (is_float_name(dataset.type)) floats.push_back(dataset.name);
  for (auto& found : model::contradictions_of_names(floats, architecture.missing))
    architecture.contradictions.push_back(std::move(found));
  return architecture;
}

model::StateDict read_checkpoint(const std::string& path, Selection selection,
                                 model::Contradictions contradictions) {
  const auto source = open_checkpoint(path);
  const CheckpointHeader& header = source->header();
  std::set<std::string> names;
  if (selection != Selection::all) {
    const model::Architecture architecture = recognize_header(header);
    if (contradictions == model::Contradictions::refuse)
      model::require_no_contradictions(architecture.contradictions, path);
    names = toeplitz_names(header);
  }
  const auto selected = [&](const std::string& name) {
    if (selection == Selection::all || names.contains(name)) return true;
    const auto place = model::parse_block_tensor(name);
    return selection == Selection::token_mixing && place && place->rest.starts_with("token_mixing_layer.");
  };
  std::vector<DatasetInfo> wanted;
  std::vector<Draft> drafts;
  for (const auto& tensor : header.tensors) {
    if (!selected(tensor.name)) continue;
    wanted.push_back(source->datasets().at(tensor.name));
    drafts.push_back({{tensor, {}}, {}});
  }
  source->read(wanted, [&](std::size_t i) { return drafts[i].allocate(); });
  model::StateDict state(path);
  for (Draft& draft : drafts) state.insert(draft.finish());
  return state;
}

}  // namespace tmm::io
