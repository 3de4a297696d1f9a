// SPDX-License-Identifier: MIT
#include "io/checkpoint/memory_checkpoint.hpp"

#include <map>
#include <utility>

#include "io/checkpoint/sha256.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Arrays = std::map<std::string, MemoryArray>;  // by name

std::vector<DatasetInfo> infos_of(const Arrays& arrays) {
  std::vector<DatasetInfo> infos;
  for (const auto& [name, array] : arrays) infos.push_back(array.info);
  return infos;
}

class MemoryCheckpoint : public TensorSource {
 public:
  MemoryCheckpoint(CheckpointHeader header, Arrays arrays)
      : TensorSource(std::move(header), {}, infos_of(arrays)), arrays_(std::move(arrays)) {}

  [[nodiscard]] std::string sha256() const override {
    std::string lines, bytes;
    for (const auto& [name, array] : arrays_) {
      lines += name + " " + array.info.type + " " + model::format_shape(array.info.shape) + "\n";
      if (!array.copy || array.info.element == Element::other) continue;
      require_memory(array.info.bytes(), name);
      bytes.resize(array.info.bytes());
      array.copy(std::as_writable_bytes(std::span(bytes)));
      lines += io::sha256(bytes);
    }
    return io::sha256(lines);
  }

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const MemoryArray& array = arrays_.at(wanted[i].path);
      if (!array.copy)
        throw FormatError("an array has a shape, but no data", {"", wanted[i].path, "values", "none", ""});
      array.copy(sink(i));
    }
  }

  Arrays arrays_;
};

}  // namespace

std::unique_ptr<TensorSource> memory_checkpoint(std::vector<MemoryArray> arrays, const std::string& copy) {
  if (arrays.size() > maximum_datasets)
    throw FormatError("too many arrays", {"", "", "at most 100000", std::to_string(arrays.size()), ""});
  Arrays by_name;
  for (MemoryArray& array : arrays) {
    check_extents(array.info, "");
    std::string name = array.info.path;
    if (!by_name.emplace(name, std::move(array)).second)
      throw FormatError("two arrays have one name", {"", name, "", "", ""});
  }
  CheckpointHeader header;
  header.format = "arrays in memory";
  auto source = std::make_unique<MemoryCheckpoint>(std::move(header), std::move(by_name));
  if (!copy.empty()) source->choose_copy(copy);
  return source;
}

}  // namespace tmm::io
