// SPDX-License-Identifier: MIT
#include "io/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "io/checkpoint/hdf5_checkpoint.hpp"
#include "io/checkpoint/safetensors_checkpoint.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/files/file_form.hpp"
#include "io/files/half.hpp"
#include "io/files/input_file.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::io {
namespace {

enum class Format { hdf5, safetensors, safetensors_index };

constexpr const char* accepted = "an HDF5 or safetensors checkpoint";

/// What is in a folder that a user names as a checkpoint.
[[noreturn]] void refuse_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::string found = "a directory", hint;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".distcp") continue;
    found = "a folder of torch.distributed.checkpoint";
    hint =
        "Make it one file, in Python: torch.distributed.checkpoint.format_utils.dcp_to_torch_save(FOLDER, "
        "FILE), then its state dict safetensors";
  }
  for (const char* name : {"model.safetensors.index.json", "model.safetensors", "model.h5"})
    if (hint.empty() && fs::exists(fs::path(path) / name, error))
      hint = "Name the file in it: " + (fs::path(path) / name).string();
  throw FileError("not a regular file", {path, "", "a file", found, model::printable(hint)});
}

/// A safetensors file begins with the length of its header, 8 bytes that are no text, as it is below 2^27;
/// an index is JSON text.
Format detect(const InputFile& file) {
  if (file.size() == 0) throw FormatError("file is empty", {file.path(), "", accepted, "0 bytes", ""});
  const std::string start = file.read(0, 9);
  // Before the search for a signature further inside: tensors may contain anything.
  if (start.size() == 9 && start[8] == '{' && start.substr(3, 5) == std::string_view("\0\0\0\0\0", 5))
    return Format::safetensors;
  if (has_hdf5_signature(file)) return Format::hdf5;
  const auto foreign = foreign_form(file);
  const bool damaged =  // its reader says how
      start.size() == 9 && (start[8] == '{' || start.substr(4, 4) == std::string_view("\0\0\0\0", 4));
  if (!foreign && damaged) return Format::safetensors;
  const auto first = start.find_first_not_of(" \t\r\n");
  if (start.find('\0') == std::string::npos && first != std::string::npos && start[first] == '{')
    return Format::safetensors_index;
  throw FormatError("not an HDF5 or safetensors file",
                    {file.path(), "", accepted, foreign ? foreign->name : "neither's first bytes",
                     foreign ? foreign->advice : ""});
}

/// Toeplitz weights and the biases beside them.
std::set<std::string> toeplitz_names(const CheckpointHeader& header) {
  std::set<std::string> names;
  for (const std::string& weight : model::toeplitz_weight_names(header.tensors)) {
    names.insert(weight);
    names.insert(weight.substr(0, weight.rfind('.') + 1) + "bias");
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
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) refuse_folder(path);
  auto file = std::make_shared<const InputFile>(path);
  switch (detect(*file)) {
    case Format::safetensors:
      return open_safetensors_checkpoint(std::move(file));
    case Format::safetensors_index:
      return open_safetensors_index(std::move(file));
    default:
      return open_hdf5_checkpoint(std::move(file));
  }
}

CheckpointHeader read_header(const std::string& path) {
  return open_checkpoint(path)->header();
}

model::Architecture recognize_header(const CheckpointHeader& header, const model::Assumptions& assumptions) {
  model::Architecture architecture = model::recognize(header.tensors, header.path, assumptions);
  std::vector<std::string> floats;
  for (const IgnoredDataset& dataset : header.ignored)
    if (is_float_name(dataset.type)) floats.push_back(dataset.name);
  for (auto& found : model::contradictions_of_names(floats, architecture.missing,
                                                    model::family_of(architecture).mixing_layers()))
    architecture.contradictions.push_back(std::move(found));
  return architecture;
}

model::StateDict read_checkpoint(const std::string& path, Selection selection,
                                 model::Contradictions contradictions) {
  return read_checkpoint(*open_checkpoint(path), selection, contradictions);
}

model::StateDict read_checkpoint(const TensorSource& source, Selection selection,
                                 model::Contradictions contradictions) {
  const CheckpointHeader& header = source.header();
  std::set<std::string> names;
  std::span<const std::string_view> mixing_layers;
  if (selection != Selection::all) {
    const model::Architecture architecture = recognize_header(header);
    mixing_layers = model::family_of(architecture).mixing_layers();
    if (contradictions == model::Contradictions::refuse)
      model::require_no_contradictions(architecture.contradictions, header.path);
    names = toeplitz_names(header);
  }
  const auto selected = [&](const std::string& name) {
    if (selection == Selection::all || names.contains(name)) return true;
    const auto place = model::parse_block_tensor(name);
    return selection == Selection::token_mixing && place &&
           std::ranges::any_of(mixing_layers,
                               [&](std::string_view layer) { return place->rest.starts_with(layer); });
  };
  std::vector<DatasetInfo> wanted;
  std::vector<Draft> drafts;
  for (const auto& tensor : header.tensors) {
    if (!selected(tensor.name)) continue;
    wanted.push_back(source.datasets().at(tensor.name));
    drafts.push_back({{tensor, {}}, {}});
  }
  source.read(wanted, [&](std::size_t i) { return drafts[i].allocate(); });
  model::StateDict state(header.path);
  for (Draft& draft : drafts) state.insert(draft.finish());
  return state;
}

}  // namespace tmm::io
