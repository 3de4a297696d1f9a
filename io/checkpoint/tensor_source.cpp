// SPDX-License-Identifier: MIT
#include "io/checkpoint/tensor_source.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "io/checkpoint/sha256.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::io {
namespace {

using model::DType;

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

std::map<std::string, DatasetInfo> by_name(const std::string& file,
                                           const std::vector<DatasetInfo>& datasets) {
  std::map<std::string, DatasetInfo> found;
  for (const DatasetInfo& info : datasets) {
    std::string name = state_dict_name(info.path);
    if (!is_float(info.element) && model::parse_toeplitz_weight(name))
      throw FormatError(
          "weights are not floating-point numbers",
          {file, info.path, "float16, float32, float64, or uint16 with attribute dtype = \"bfloat16\"",
           info.type, ""});
    const auto [position, inserted] = found.try_emplace(std::move(name), info);
    if (!inserted)
      throw FormatError("two datasets are one tensor",
                        {file, info.path, "one dataset a tensor",
                         position->second.path + " as well, after taking off prefixes", ""});
  }
  return found;
}

}  // namespace

TensorSource::TensorSource(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets)
    : header_(std::move(header)), files_(std::move(files)), datasets_(by_name(header_.path, datasets)) {
  header_.file_size = files_.bytes();
  for (const auto& [name, info] : datasets_) {
    if (is_float(info.element))
      header_.tensors.push_back({name, info.shape, dtype_of(info.element)});
    else
      header_.ignored.push_back({name, info.type});
  }
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
