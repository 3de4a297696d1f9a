// SPDX-License-Identifier: MIT
#include "io/checkpoint/safetensors_checkpoint.hpp"

#include <filesystem>
#include <regex>
#include <set>
#include <utility>

#include "io/checkpoint/safetensors_header.hpp"
#include "io/checkpoint/safetensors_json.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::size_t file = 0;  // of the FileSet
  std::uint64_t offset = 0;
};

/// What one file or a set of shards holds together.
struct Collection {
  CheckpointHeader header;
  FileSet files;
  std::vector<DatasetInfo> datasets;
  std::map<std::string, Place> places;  // by the tensor's name in the file

  void add(const std::shared_ptr<const InputFile>& file) {
    auto contents = safetensors::read_header(*file);
    for (auto& entry : contents.entries) {
      places[entry.info.path] = {files.size(), entry.offset};
      datasets.push_back(std::move(entry.info));
    }
    for (const auto& [key, value] : contents.metadata) {
      const auto [before, inserted] = header.attributes.try_emplace(key, value);
      if (!inserted && before->second != value)
        header.lost.push_back(
            {"metadata " + key + " of " + file->path() + " (another value than before)", ""});
    }
    file->require_unchanged();
    files.add(file);
  }
};

class SafetensorsCheckpoint : public TensorSource {
 public:
  explicit SafetensorsCheckpoint(Collection collection)
      : TensorSource(std::move(collection.header), std::move(collection.files), collection.datasets),
        places_(std::move(collection.places)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    std::shared_ptr<const InputFile> file;
    std::size_t current = files().size();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Place& place = places_.at(wanted[i].path);
      if (place.file != current) {
        if (file) file->require_unchanged();
        file = files().at(current = place.file);
      }
      file->read_exactly(place.offset, sink(i));
    }
    if (file) file->require_unchanged();
  }

  std::map<std::string, Place> places_;
};

/// Some blocks of a network pass for a network of fewer blocks. Only the usual name can tell.
void require_whole(const std::string& path) {
  static const std::regex pattern("(.*)-0*([0-9]+)-of-0*([0-9]+)(\\.[^./]*)?");
  std::smatch match;
  const std::string name = fs::path(path).filename().string();
  if (!std::regex_match(name, match, pattern) || match[3] == "1") return;
  const std::string index = match[1].str() + ".safetensors.index.json";
  std::error_code ignored;
  const bool there = fs::exists(fs::path(path).parent_path() / index, ignored);
  throw FormatError("this is one shard of a checkpoint, not all of it",
                    {path, "", "the index of the shards", "shard " + match[2].str() + " of " + match[3].str(),
                     there ? "Name " + index + " beside it"
                           : index + " and the other shards belong beside it: fetch them"});
}

}  // namespace

std::unique_ptr<TensorSource> open_safetensors_checkpoint(std::shared_ptr<const InputFile> file) {
  require_whole(file->path());
  Collection collection;
  collection.header.path = file->path();
  collection.header.format = "safetensors";
  collection.add(file);
  return std::make_unique<SafetensorsCheckpoint>(std::move(collection));
}

std::vector<std::string> shards_named_in(const std::string& path) {
  std::set<std::string> shards;
  try {
    const InputFile file(path);
    const std::string start = file.read(0, 64);
    const auto first = start.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || start[first] != '{' || file.size() > safetensors::maximum_header)
      return {};
    const fs::path folder = fs::path(path).parent_path();
    for (const auto& [name, shard] : safetensors::parse_index(file.read(0, file.size()), path).files)
      shards.insert((folder / shard).string());
  } catch (const Error&) {
    return {};  // its reader will say what is wrong with it
  }
  return {shards.begin(), shards.end()};
}

std::unique_ptr<TensorSource> open_safetensors_index(std::shared_ptr<const InputFile> file,
                                                     const ShardIndex& index) {
  const std::string path = file->path();
  Collection collection;
  collection.header = sharded_header(path, "safetensors", index);
  collection.files.add(std::move(file));
  const fs::path folder = fs::path(path).parent_path();
  for (const std::string& shard : index.shards) {
    const std::size_t before = collection.datasets.size();
    const std::string name = (folder / shard).string();
    collection.add(open_shard(name, path));
    collection.header.shards.push_back(name);
    for (std::size_t i = before; i < collection.datasets.size(); ++i)
      require_listed(index, collection.datasets[i].path, shard, name);
  }
  require_all(index, path, [&](const std::string& name) { return collection.places.contains(name); });
  return std::make_unique<SafetensorsCheckpoint>(std::move(collection));
}

}  // namespace tmm::io
