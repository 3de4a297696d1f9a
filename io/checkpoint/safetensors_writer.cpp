// SPDX-License-Identifier: MIT
#include "io/checkpoint/safetensors_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>
#include <utility>

#include "io/checkpoint/safetensors_header.hpp"
#include "io/files/atomic_file.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

std::string header_text(const std::string& source, const std::vector<DatasetInfo>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const DatasetInfo& info : tensors) {
    const std::string dtype = safetensors::dtype_name(info.element, info.element_size);
    if (dtype.empty())
      throw FormatError("has no counterpart in safetensors", {source, info.path, "", info.type, ""});
    if (info.path == "__metadata__")
      throw FormatError("a tensor of this name cannot be in safetensors", {source, info.path, "", "", ""});
    header[info.path] = {
        {"dtype", dtype}, {"shape", info.shape}, {"data_offsets", {offset, offset + info.bytes()}}};
    offset += info.bytes();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::type_error&) {
    throw FormatError("a name or an attribute is not UTF-8: safetensors cannot hold it",
                      {source, "", "", "", ""});
  }
  text.append((8 - text.size() % 8) % 8, ' ');  // data begins at a multiple of 8
  if (text.size() > safetensors::maximum_header)
    throw FormatError("header is too large for safetensors", {source, "", "at most 100 MB", "", ""});
  return text;
}

}  // namespace

struct SafetensorsWriter::State {
  PendingFile file;
  std::vector<DatasetInfo> tensors;
  std::size_t next = 0;
};

SafetensorsWriter::SafetensorsWriter(const std::string& path, const std::string& source,
                                     std::vector<DatasetInfo> tensors,
                                     const std::map<std::string, std::string>& metadata) {
  std::sort(tensors.begin(), tensors.end(), [](const DatasetInfo& a, const DatasetInfo& b) {
    return std::tie(b.element_size, a.path) < std::tie(a.element_size, b.path);
  });
  const std::string header = header_text(source, tensors, metadata);
  state_.reset(new State{PendingFile(path), std::move(tensors), 0});
  const std::uint64_t length = header.size();
  state_->file.write({reinterpret_cast<const char*>(&length), sizeof length});
  state_->file.write(header);
}

SafetensorsWriter::~SafetensorsWriter() = default;

const std::vector<DatasetInfo>& SafetensorsWriter::order() const {
  return state_->tensors;
}

void SafetensorsWriter::write(std::span<const std::byte> values) {
  if (state_->next == state_->tensors.size() || values.size() != state_->tensors[state_->next].bytes())
    throw ArgumentError("values do not belong to the next tensor", {state_->file.path(), "", "", "", ""});
  ++state_->next;
  state_->file.write({reinterpret_cast<const char*>(values.data()), values.size()});
}

void SafetensorsWriter::finish(bool replace) {
  if (state_->next != state_->tensors.size())
    throw ArgumentError("not all tensors were written", {state_->file.path(), "", "", "", ""});
  state_->file.commit(replace);
}

}  // namespace tmm::io
