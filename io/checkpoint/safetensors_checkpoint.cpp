// SPDX-License-Identifier: MIT
#include "io/checkpoint/safetensors_checkpoint.hpp"

#include <filesystem>
#include <set>
#include <utility>

#include "io/checkpoint/safetensors_header.hpp"
#include "io/checkpoint/safetensors_json.hpp"
#include "io/files/input_file.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t maximum_shards = 4096;

struct Place {
  std::string file;
  std::uint64_t offset = 0;
};

/// What one file or a set of shards holds together.
struct Collection {
  std::string format = "safetensors";
  std::uint64_t file_size = 0;
  std::vector<DatasetInfo> datasets;
  std::map<std::string, Place> places;  // by the tensor's name in the file
  std::map<std::string, std::string> metadata;
  std::vector<std::string> shards;

  void add(const std::string& path) {
    const InputFile file(path);
    auto header = safetensors::read_header(file);
    file_size += file.size();
    for (auto& entry : header.entries) {
      places[entry.info.path] = {path, entry.offset};
      datasets.push_back(std::move(entry.info));
    }
    metadata.merge(header.metadata);
  }
};

class SafetensorsCheckpoint : public TensorSource {
 public:
  SafetensorsCheckpoint(const std::string& path, Collection collection)
      : TensorSource(path, std::move(collection.format), collection.file_size, collection.datasets,
                     std::move(collection.metadata), std::move(collection.shards)),
        places_(std::move(collection.places)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    std::unique_ptr<InputFile> file;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Place& place = places_.at(wanted[i].path);
      if (!file || file->path() != place.file) file = std::make_unique<InputFile>(place.file);
      file->read_exactly(place.offset, sink(i));
    }
  }

  std::map<std::string, Place> places_;
};

/// A name that could lead anywhere but to the index's own folder is refused.
void require_plain_name(const std::string& shard, const std::string& index) {
  const bool plain = !shard.empty() && shard != "." && shard != ".." && shard.size() <= 255 &&
                     shard.find_first_of(std::string("/\0", 2)) == std::string::npos;
  if (!plain)
    throw FormatError("name of a shard is no plain file name",
                      {index, "", "a file beside the index", shard.substr(0, 80), ""});
}

}  // namespace

std::unique_ptr<TensorSource> open_safetensors_checkpoint(const std::string& path) {
  Collection collection;
  collection.add(path);
  return std::make_unique<SafetensorsCheckpoint>(path, std::move(collection));
}

std::vector<std::string> shards_named_in(const std::string& path) {
  std::set<std::string> shards;
  try {
    const InputFile file(path);
    const std::string start = file.read(0, 64);
    const auto first = start.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || start[first] != '{' || file.size() > safetensors::maximum_header)
      return {};
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    for (const auto& [name, shard] : safetensors::parse_index(file.read(0, file.size()), path))
      shards.insert((folder / shard).string());
  } catch (const Error&) {
    return {};  // its reader will say what is wrong with it
  }
  return {shards.begin(), shards.end()};
}

std::unique_ptr<TensorSource> open_safetensors_index(const std::string& path) {
  const InputFile index(path);
  if (index.size() > safetensors::maximum_header)
    throw FormatError("index is too large", {path, "", "at most 100 MB", std::to_string(index.size()), ""});
  const auto files = safetensors::parse_index(index.read(0, index.size()), path);
  std::set<std::string> shards;
  for (const auto& [name, shard] : files) {
    require_plain_name(shard, path);
    if (shards.insert(shard).second && shards.size() > maximum_shards)
      throw FormatError("too many shards", {path, "", "at most 4096", "", ""});
  }
  Collection collection;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (const std::string& shard : shards) {
    const std::size_t before = collection.datasets.size();
    const std::string file = (folder / shard).string();
    collection.add(file);
    collection.shards.push_back(file);
    for (std::size_t i = before; i < collection.datasets.size(); ++i) {
      const std::string& name = collection.datasets[i].path;
      const auto listed = files.find(name);
      if (listed == files.end() || listed->second != shard)
        throw FormatError(
            "tensor is not in this file according to the index",
            {file, name, "", listed == files.end() ? "nowhere in the index" : listed->second, ""});
    }
  }
  for (const auto& [name, shard] : files)
    if (!collection.places.contains(name))
      throw FormatError("tensor is missing", {(folder / shard).string(), name, "as the index says", "", ""});
  collection.file_size += index.size();
  collection.format += ", " + std::to_string(shards.size()) + (shards.size() == 1 ? " shard" : " shards");
  return std::make_unique<SafetensorsCheckpoint>(path, std::move(collection));
}

}  // namespace tmm::io
