// SPDX-License-Identifier: MIT
#include "io/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/checkpoint/hdf5_checkpoint.hpp"
#include "io/checkpoint/numpy_checkpoint.hpp"
#include "io/checkpoint/safetensors_checkpoint.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/checkpoint/torch_checkpoint.hpp"
#include "io/checkpoint/torch_shards.hpp"
#include "io/files/file_form.hpp"
#include "io/files/half.hpp"
#include "io/files/input_file.hpp"
#include "io/numpy/npy_header.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::io {
namespace {

enum class Format { hdf5, safetensors, shard_index, zip, legacy_torch, npy };

constexpr const char* accepted = "an HDF5, safetensors, torch.save or numpy file";

/// A safetensors file begins with the length of its header, 8 bytes that are no text, as it is below 2^27;
/// an index is JSON text.
Format detect(const InputFile& file) {
  if (file.size() == 0) throw FormatError("file is empty", {file.path(), "", accepted, "0 bytes", ""});
  const std::string start = file.read(0, 9);
  // Before the search for a signature further inside: tensors may contain anything.
  if (start.size() == 9 && start[8] == '{' && start.substr(3, 5) == std::string_view("\0\0\0\0\0", 5))
    return Format::safetensors;
  if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) return Format::zip;
  if (is_legacy_torch(file)) return Format::legacy_torch;
  if (numpy::has_magic(start)) return Format::npy;
  if (has_hdf5_signature(file)) return Format::hdf5;
  const auto foreign = foreign_form(file);
  const bool damaged =  // its reader says how
      start.size() == 9 && (start[8] == '{' || start.substr(4, 4) == std::string_view("\0\0\0\0", 4));
  if (!foreign && damaged) return Format::safetensors;
  const auto first = start.find_first_not_of(" \t\r\n");
  if (start.find('\0') == std::string::npos && first != std::string::npos && start[first] == '{')
    return Format::shard_index;
  throw FormatError("not a checkpoint of a known form",
                    {file.path(), "", accepted, foreign ? foreign->name : "the first bytes of none",
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

std::unique_ptr<TensorSource> open_zip_checkpoint(std::shared_ptr<const InputFile> file) {
  const auto archive = std::make_shared<const ZipArchive>(file);
  if (is_torch_archive(*archive)) return open_torch_checkpoint(std::move(file), archive);
  if (is_npz_archive(*archive)) return open_npz_checkpoint(std::move(file), archive);
  throw FormatError("a zip archive without tensors", {file->path(), "", accepted, "", "Unpack it"});
}

std::unique_ptr<TensorSource> open_index(std::shared_ptr<const InputFile> file) {
  const ShardIndex index = read_shard_index(*file);
  return has_torch_shards(*file, index) ? open_torch_index(std::move(file), index)
                                        : open_safetensors_index(std::move(file), index);
}

std::unique_ptr<TensorSource> open_file(std::shared_ptr<const InputFile> file) {
  switch (detect(*file)) {
    case Format::safetensors:
      return open_safetensors_checkpoint(std::move(file));
    case Format::shard_index:
      return open_index(std::move(file));
    case Format::zip:
      return open_zip_checkpoint(std::move(file));
    case Format::legacy_torch:
      return open_legacy_torch_checkpoint(std::move(file));
    case Format::npy:
      return open_npy_checkpoint(std::move(file));
    default:
      return open_hdf5_checkpoint(std::move(file));
  }
}

/// Floating-point types that cannot be read: "F8_E4M3", "float8", …
bool is_float_name(std::string_view type) {
  return type.starts_with("F8") || type.starts_with("F6") || type.starts_with("F4") ||
         type.starts_with("float");
}

}  // namespace

std::unique_ptr<TensorSource> open_checkpoint(const std::string& path, const std::string& copy) {
  const ChosenCheckpoint chosen = choose_checkpoint(path);
  auto source = open_file(std::make_shared<const InputFile>(chosen.path));
  source->note_taken(chosen);
  if (!copy.empty()) source->choose_copy(copy);
  return source;
}

CheckpointHeader read_header(const std::string& path, const std::string& copy) {
  return open_checkpoint(path, copy)->header();
}

std::vector<std::string> remarks(const CheckpointHeader& header) {
  std::vector<std::string> texts;
  for (const std::string* text : {&header.folder_remark, &header.copy_remark})
    if (!text->empty()) texts.push_back(*text);
  return texts;
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
  std::vector<std::string> wanted;
  for (const auto& tensor : header.tensors)
    if (selected(tensor.name)) wanted.push_back(tensor.name);
  return read_tensors(source, wanted);
}

model::StateDict read_tensors(const TensorSource& source, std::span<const std::string> names) {
  const std::set<std::string> chosen(names.begin(), names.end());
  std::vector<DatasetInfo> wanted;
  std::vector<Draft> drafts;
  for (const auto& tensor : source.header().tensors) {
    if (!chosen.contains(tensor.name)) continue;
    wanted.push_back(source.datasets().at(tensor.name));
    drafts.push_back({{tensor, {}}, {}});
  }
  source.read(wanted, [&](std::size_t i) { return drafts[i].allocate(); });
  model::StateDict state(source.header().path);
  for (Draft& draft : drafts) state.insert(draft.finish());
  return state;
}

}  // namespace tmm::io
