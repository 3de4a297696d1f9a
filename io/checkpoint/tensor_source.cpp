// SPDX-License-Identifier: MIT
#include "io/checkpoint/tensor_source.hpp"

#include <algorithm>
#include <utility>

#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/checkpoint/sha256.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/wrapper_names.hpp"

namespace tmm::io {
namespace {

using model::DType;

/// State-dict names of the datasets: groups as dots, wrappers and the container taken off.
model::UnwrappedNames state_dict_names(const std::vector<DatasetInfo>& datasets) {
  std::vector<std::string> names;
  for (const DatasetInfo& info : datasets) {
    names.push_back(info.path);
    std::replace(names.back().begin(), names.back().end(), '/', '.');
  }
  return model::unwrap_names(names);
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

std::map<std::string, DatasetInfo> by_name(const std::string& file, const std::vector<DatasetInfo>& datasets,
                                           const std::vector<std::string>& names) {
  std::map<std::string, DatasetInfo> found;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const DatasetInfo& info = datasets[i];
    const std::string& name = names[i];
    if (!is_float(info.element) && model::is_operator_tensor(name))
      throw FormatError(
          "weights are not floating-point numbers",
          {file, info.path, "float16, float32, float64, or uint16 with attribute dtype = \"bfloat16\"",
           info.type, ""});
    const auto [position, inserted] = found.try_emplace(name, info);
    if (!inserted)
      throw FormatError("two datasets are one tensor",
                        {file, info.path, "one dataset a tensor",
                         position->second.path + " as well, after taking off prefixes", ""});
  }
  return found;
}

/// "the top" or "\"ema.\"".
std::string in_words(const std::string& prefix) {
  return prefix.empty() ? "the top" : "\"" + model::printable(prefix) + "\"";
}

[[noreturn]] void fail_missing_copy(const CheckpointHeader& header, const std::vector<std::string>& names,
                                    const std::string& wanted) {
  std::string list;
  for (const std::string& prefix : model::network_copies(names))
    list += (list.empty() ? "" : ", ") +
            in_words(prefix.empty() && !header.container.empty() ? header.container : prefix);
  throw FormatError("no blocks of a network " +
                        (wanted.empty() ? "at the top" : "below \"" + model::printable(wanted) + "\""),
                    {header.path, "", "", "", list.empty() ? "" : "Blocks stand below " + list});
}

std::string copy_remark(const std::string& wanted, std::size_t left_out) {
  return "The network is what stands " + (wanted.empty() ? "at the top" : "below " + in_words(wanted)) +
         " in the file, as --copy asks; " + std::to_string(left_out) +
         (left_out == 1 ? " other tensor is" : " other tensors are") + " left out.";
}

}  // namespace

TensorSource::TensorSource(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets)
    : header_(std::move(header)), files_(std::move(files)) {
  model::UnwrappedNames unwrapped = state_dict_names(datasets);
  datasets_ = by_name(header_.path, datasets, unwrapped.names);
  header_.container = std::move(unwrapped.container);
  header_.wrappers = std::move(unwrapped.wrappers);
  header_.file_size = files_.bytes();
  if (!in_files())
    for (const DatasetInfo& info : datasets) header_.file_size += info.bytes();
  set_tensors();
}

void TensorSource::set_tensors() {
  header_.tensors.clear();
  header_.ignored.clear();
  for (const auto& [name, info] : datasets_) {
    if (is_float(info.element))
      header_.tensors.push_back({name, info.shape, dtype_of(info.element)});
    else
      header_.ignored.push_back({name, info.type});
  }
}

void TensorSource::choose_copy(const std::string& copy) {
  std::vector<std::string> names;
  for (const auto& [name, info] : datasets_) names.push_back(name);
  const std::string wanted = model::copy_prefix(copy);
  if (!header_.container.empty() && header_.container == wanted) return;  // off already: the only one
  const auto chosen = model::names_of_copy(names, wanted);
  if (chosen.empty()) fail_missing_copy(header_, names, wanted);
  std::vector<DatasetInfo> infos;
  std::vector<std::string> bare;
  for (const std::string& name : chosen) {
    infos.push_back(datasets_.at(name));
    bare.push_back(name.substr(wanted.size()));
  }
  header_.copy_remark = copy_remark(wanted, names.size() - chosen.size());
  datasets_ = by_name(header_.path, infos, bare);
  header_.container = wanted;
  set_tensors();
}

void TensorSource::note_taken(const ChosenCheckpoint& chosen) {
  header_.taken = chosen.taken;
  if (chosen.choice)
    header_.folder_remark =
        "Of the folder " + model::printable(chosen.folder) + " this is read: " + chosen.taken + ".";
}

void TensorSource::read(std::span<const DatasetInfo> wanted, const Sink& sink) const {
  std::uint64_t bytes = 0;  // at most 64 GiB each, and at most 100 000: no overflow
  for (const DatasetInfo& info : wanted)
    bytes += info.bytes() * (is_float(info.element) && info.element_size == 2 ? 3 : 1);  // and as floats
  require_memory(bytes, header_.path);
  read_values(wanted, sink);
}

std::string TensorSource::sha256() const {
  return sha256_checkpoint(files_);
}

}  // namespace tmm::io
