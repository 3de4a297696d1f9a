// SPDX-License-Identifier: MIT
#include "io/checkpoint/torch_shards.hpp"

#include <filesystem>
#include <utility>

#include "io/checkpoint/torch_checkpoint.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_shards = 512;  // each is an open file

bool is_zip(const InputFile& file) {
  return file.read(0, 4) == "PK\x03\x04";
}

std::unique_ptr<TensorSource> open_torch_shard(std::shared_ptr<const InputFile> file) {
  if (is_legacy_torch(*file)) return open_legacy_torch_checkpoint(std::move(file));
  if (is_zip(*file)) {
    const auto archive = std::make_shared<const ZipArchive>(file);
    if (is_torch_archive(*archive)) return open_torch_checkpoint(std::move(file), archive, Extent::shard);
  }
  throw FormatError("a shard that the index names is no file of torch.save",
                    {file->path(), "", "torch.save, as the shards before it", "", ""});
}

/// What the shards hold together.
struct Collection {
  CheckpointHeader header;
  FileSet files;
  std::vector<DatasetInfo> datasets;
  std::vector<std::unique_ptr<TensorSource>> shards;
  std::map<std::string, std::size_t> places;  // number of the shard by the tensor's name in it

  void add(const std::shared_ptr<const InputFile>& file, const std::string& shard, const ShardIndex& index) {
    auto source = open_torch_shard(file);
    for (const auto& [name, info] : source->datasets()) {
      require_listed(index, info.path, shard, file->path());
      places[info.path] = shards.size();
      datasets.push_back(info);
    }
    header.attributes.insert(source->header().attributes.begin(), source->header().attributes.end());
    header.lost.insert(header.lost.end(), source->header().lost.begin(), source->header().lost.end());
    header.shards.push_back(file->path());
    files.add(file);
    shards.push_back(std::move(source));
  }
};

class TorchShards : public TensorSource {
 public:
  explicit TorchShards(Collection collection)
      : TensorSource(std::move(collection.header), std::move(collection.files), collection.datasets),
        shards_(std::move(collection.shards)),
        places_(std::move(collection.places)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      shards_[places_.at(wanted[i].path)]->read(wanted.subspan(i, 1),
                                                [&](std::size_t /*only*/) { return sink(i); });
    files().at(0)->require_unchanged();
  }

  std::vector<std::unique_ptr<TensorSource>> shards_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace

bool has_torch_shards(const InputFile& file, const ShardIndex& index) {
  if (index.shards.empty()) return false;
  const fs::path folder = fs::path(file.path()).parent_path();
  const auto first = open_shard((folder / *index.shards.begin()).string(), file.path());
  return is_zip(*first) || is_legacy_torch(*first);
}

std::unique_ptr<TensorSource> open_torch_index(std::shared_ptr<const InputFile> file,
                                               const ShardIndex& index) {
  const std::string path = file->path();
  if (index.shards.size() > most_shards)
    throw FormatError("too many shards",
                      {path, "", "at most 512 of torch.save", std::to_string(index.shards.size()), ""});
  Collection collection;
  collection.header = sharded_header(path, "torch.save", index);
  collection.files.add(std::move(file));
  const fs::path folder = fs::path(path).parent_path();
  for (const std::string& shard : index.shards)
    collection.add(open_shard((folder / shard).string(), path), shard, index);
  require_all(index, path, [&](const std::string& name) { return collection.places.contains(name); });
  return std::make_unique<TorchShards>(std::move(collection));
}

}  // namespace tmm::io
