// SPDX-License-Identifier: MIT
#include "io/checkpoint/torch_checkpoint.hpp"

#include <functional>
#include <regex>
#include <set>
#include <utility>

#include "io/checkpoint/strided.hpp"
#include "io/checkpoint/torch_dictionary.hpp"
#include "io/checkpoint/torch_legacy.hpp"
#include "io/files/memory_limit.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using torch::Tensor;

constexpr std::uint64_t maximum_pickle = 100'000'000;
constexpr std::string_view pickle_name = "data.pkl";

using Entry = ZipArchive::Entry;

/// The pickles of an archive, NAME/data.pkl; more than one is an error.
std::vector<const Entry*> pickles_of(const ZipArchive& archive) {
  std::vector<const Entry*> found;
  for (const Entry& entry : archive.entries()) {
    const auto slash = entry.name.find('/');
    if ((slash != std::string::npos && entry.name.substr(slash + 1) == pickle_name) ||
        entry.name == pickle_name)
      found.push_back(&entry);
  }
  return found;
}

/// Fills bytes of a storage from `first` on.
using ReadStorage =
    std::function<void(const torch::Storage&, std::uint64_t first, std::span<std::byte> into)>;

class TorchCheckpoint : public TensorSource {
 public:
  TorchCheckpoint(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets,
                  std::vector<Tensor> tensors, ReadStorage read_storage)
      : TensorSource(std::move(header), std::move(files), datasets), read_storage_(std::move(read_storage)) {
    for (Tensor& tensor : tensors) {
      std::string path = tensor.info.path;
      tensors_.emplace(std::move(path), std::move(tensor));
    }
  }

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto found = tensors_.find(wanted[i].path);
      if (found == tensors_.end())
        throw FormatError("tensor of a kind that is not read",
                          {header().path, wanted[i].path, "", wanted[i].type, ""});
      const Tensor& tensor = found->second;
      const std::uint64_t width = tensor.info.element_size, first = tensor.offset * width;
      const std::span<std::byte> into = sink(i);
      if (into.empty()) continue;
      if (tensor.is_contiguous()) {
        read_storage_(tensor.storage, first, into);
        continue;
      }
      require_memory(tensor.span() * width, header().path);
      std::vector<std::byte> storage(tensor.span() * width);
      read_storage_(tensor.storage, first, storage);
      gather(tensor.info.shape, tensor.strides, width, storage, into);
    }
    files().at(0)->require_unchanged();
  }

  std::map<std::string, Tensor> tensors_;
  ReadStorage read_storage_;
};

std::unique_ptr<TensorSource> make_checkpoint(std::shared_ptr<const InputFile> file, std::string format,
                                              torch::Contents contents, ReadStorage read_storage) {
  CheckpointHeader header;
  header.path = file->path();
  header.format = std::move(format);
  if (!contents.place.empty()) header.format += ", its dictionary " + model::printable(contents.place);
  header.attributes = std::move(contents.attributes);
  header.lost = std::move(contents.lost);
  std::vector<DatasetInfo> datasets = std::move(contents.unreadable);
  for (const Tensor& tensor : contents.tensors) datasets.push_back(tensor.info);
  file->require_unchanged();
  FileSet files;
  files.add(std::move(file));
  return std::make_unique<TorchCheckpoint>(std::move(header), std::move(files), datasets,
                                           std::move(contents.tensors), std::move(read_storage));
}

/// A storage must be as large as the pickle says.
void require_stored(const torch::Storage& storage, std::uint64_t bytes, const std::string& file,
                    const std::string& tensor, const std::string& place) {
  if (storage.count > bytes / storage.element_size)
    throw FormatError("storage is too short",
                      {file, tensor, std::to_string(storage.count) + " numbers of " + storage.type,
                       std::to_string(bytes) + " bytes in " + place, ""});
}

void require_little_endian(const ZipArchive& archive, const std::string& folder) {
  const Entry* entry = archive.find(folder + "byteorder");
  if (entry == nullptr) return;  // before PyTorch 2.1, always the machine's own
  const std::string order = archive.read_text(*entry, 64);
  if (order != "little")
    throw FormatError("numbers are in another byte order",
                      {archive.file().path(), entry->name, "little", model::printable(order),
                       "Load and save it again on a little-endian machine"});
}

/// Some blocks of a network pass for a network of fewer blocks. Only the usual name can tell.
void require_whole(const std::string& path) {
  static const std::regex pattern("(.*/)?[^/]*-0*[0-9]+-of-0*([0-9]+)\\.[^./]*");
  std::smatch match;
  if (!std::regex_match(path, match, pattern) || match[2] == "1") return;
  throw FormatError("this is one shard of a checkpoint, not all of it",
                    {path, "", "all of it in one file", "one of " + match[2].str(),
                     "Save it anew in Python: save_pretrained(FOLDER, max_shard_size=\"1TB\")"});
}

}  // namespace

bool is_torch_archive(const ZipArchive& archive) {
  return !pickles_of(archive).empty();
}

std::unique_ptr<TensorSource> open_torch_checkpoint(std::shared_ptr<const InputFile> file,
                                                    std::shared_ptr<const ZipArchive> archive,
                                                    Extent extent) {
  const std::string& path = file->path();
  if (extent == Extent::whole) require_whole(path);
  const auto pickles = pickles_of(*archive);
  if (pickles.size() != 1)
    throw FormatError("several pickles in one archive",
                      {path, pickles.at(1)->name, "one data.pkl", pickles[0]->name + " as well", ""});
  const Entry& pickle = *pickles[0];
  const std::string folder = pickle.name.substr(0, pickle.name.size() - pickle_name.size());
  if (archive->find(folder + "constants.pkl") != nullptr)
    throw FormatError("a TorchScript module", {path, "", "a state dictionary", "",
                                               "Save its state dictionary, in Python: "
                                               "torch.save(torch.jit.load(\"" +
                                                   path + "\").state_dict(), \"model.pt\")"});
  require_little_endian(*archive, folder);
  const std::string bytes = archive->read_text(pickle, maximum_pickle);
  auto contents = torch::find_state(pickle::read(bytes, 0, path, pickle.name), path);
  for (const Tensor& tensor : contents.tensors) {
    const Entry* entry = archive->find(folder + "data/" + tensor.storage.key);
    if (entry == nullptr)
      throw FormatError("storage is missing",
                        {path, tensor.info.path,
                         "entry " + folder + "data/" + model::printable(tensor.storage.key), "", ""});
    require_stored(tensor.storage, entry->size, path, tensor.info.path, entry->name);
  }
  const auto read = [archive, folder](const torch::Storage& storage, std::uint64_t first,
                                      std::span<std::byte> into) {
    archive->read(*archive->find(folder + "data/" + storage.key), first, into);
  };
  return make_checkpoint(std::move(file), "torch.save", std::move(contents), read);
}

bool is_legacy_torch(const InputFile& file) {
  return torch::has_legacy_magic(file.read(0, torch::legacy_magic_size));
}

std::unique_ptr<TensorSource> open_legacy_torch_checkpoint(std::shared_ptr<const InputFile> file) {
  auto legacy = torch::read_legacy(*file);
  for (const Tensor& tensor : legacy.contents.tensors) {
    const auto place = legacy.places.find(tensor.storage.key);
    if (place == legacy.places.end())
      throw FormatError("storage is missing", {file->path(), tensor.info.path,
                                               "storage " + model::printable(tensor.storage.key), "", ""});
    require_stored(tensor.storage, place->second.bytes, file->path(), tensor.info.path,
                   "storage " + model::printable(tensor.storage.key));
  }
  const auto read = [file, places = std::move(legacy.places)](
                        const torch::Storage& storage, std::uint64_t first, std::span<std::byte> into) {
    file->read_exactly(places.at(storage.key).offset + first, into);
  };
  return make_checkpoint(std::move(file), "torch.save before 1.6", std::move(legacy.contents), read);
}

}  // namespace tmm::io
