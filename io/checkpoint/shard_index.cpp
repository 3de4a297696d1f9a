// SPDX-License-Identifier: MIT
#include "io/checkpoint/shard_index.hpp"

#include <filesystem>
#include <utility>

#include "io/checkpoint/safetensors_header.hpp"
#include "io/checkpoint/safetensors_json.hpp"
#include "io/files/file_form.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t maximum_shards = 4096;

/// A name that could lead anywhere but to the index's own folder is refused.
void require_plain_name(const std::string& shard, const std::string& index) {
  const bool plain = !shard.empty() && shard != "." && shard != ".." && shard.size() <= 255 &&
                     shard.find_first_of(std::string("/\0", 2)) == std::string::npos;
  if (!plain)
    throw FormatError("name of a shard is no plain file name",
                      {index, "", "a file beside the index", shard.substr(0, 80), ""});
}

}  // namespace

ShardIndex read_shard_index(const InputFile& file) {
  const std::string& path = file.path();
  if (file.size() > safetensors::maximum_header)
    throw FormatError("index is too large", {path, "", "at most 100 MB", std::to_string(file.size()), ""});
  auto parsed = safetensors::parse_index(file.read(0, file.size()), path);
  ShardIndex index;
  for (const auto& [name, shard] : parsed.files) {
    require_plain_name(shard, path);
    if (index.shards.insert(shard).second && index.shards.size() > maximum_shards)
      throw FormatError("too many shards", {path, "", "at most 4096", "", ""});
  }
  index.files = std::move(parsed.files);
  for (const std::string& key : parsed.metadata)
    if (key != "total_size")  // of the shards: the one file has its own
      index.lost.push_back({"metadata of the index: " + key, ""});
  return index;
}

CheckpointHeader sharded_header(const std::string& path, const std::string& form, const ShardIndex& index) {
  CheckpointHeader header;
  header.path = path;
  header.format =
      form + ", " + std::to_string(index.shards.size()) + (index.shards.size() == 1 ? " shard" : " shards");
  header.lost = index.lost;
  return header;
}

void require_all(const ShardIndex& index, const std::string& path,
                 const std::function<bool(const std::string&)>& found) {
  for (const auto& [name, shard] : index.files)
    if (!found(name))
      throw FormatError("tensor is missing",
                        {(fs::path(path).parent_path() / shard).string(), name, "as the index says", "", ""});
}

std::shared_ptr<const InputFile> open_shard(const std::string& path, const std::string& index) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw FileError("a shard that the index names is missing",
                    {path, "", "all shards beside " + fs::path(index).filename().string(), "", ""});
  auto file = std::make_shared<const InputFile>(path);
  if (is_lfs_pointer(*file)) {
    const auto form = foreign_form(*file);
    throw FormatError("a shard that the index names is no checkpoint",
                      {path, "", "", form->name, form->advice});
  }
  return file;
}

void require_listed(const ShardIndex& index, const std::string& tensor, const std::string& shard,
                    const std::string& file) {
  const auto place = index.files.find(tensor);
  if (place == index.files.end() || place->second != shard)
    throw FormatError(
        "tensor is not in this file according to the index",
        {file, tensor, "", place == index.files.end() ? "nowhere in the index" : place->second, ""});
}

}  // namespace tmm::io
