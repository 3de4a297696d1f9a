// SPDX-License-Identifier: MIT
#include "io/checkpoint/hdf5_checkpoint.hpp"

#include <utility>

#include "io/hdf5/hdf5_reader.hpp"

namespace tmm::io {
namespace {

class Hdf5Checkpoint : public TensorSource {
 public:
  Hdf5Checkpoint(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets)
      : TensorSource(std::move(header), std::move(files), datasets) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    hdf5::read_values(*files().at(0), wanted, sink);
  }
};

}  // namespace

std::unique_ptr<TensorSource> open_hdf5_checkpoint(std::shared_ptr<const InputFile> file) {
  auto contents = hdf5::read_contents(*file);
  CheckpointHeader header;
  header.path = file->path();
  header.format = "HDF5";
  for (auto& [name, attribute] : contents.attributes) {
    if (attribute.is_array && attribute.lost.empty()) header.array_attributes.push_back(name);
    if (!attribute.lost.empty())
      header.lost.push_back({"attribute " + name + " (" + attribute.lost + ")", name});
    header.attributes[name] = std::move(attribute.text);
  }
  if (contents.further_attributes != 0)
    header.lost.push_back({std::to_string(contents.further_attributes) + " attributes after the first " +
                               std::to_string(maximum_attributes),
                           ""});
  for (const std::string& inner : contents.inner_attributes)
    header.lost.push_back({"attribute of " + inner, ""});
  FileSet files;
  files.add(std::move(file));
  return std::make_unique<Hdf5Checkpoint>(std::move(header), std::move(files), contents.datasets);
}

}  // namespace tmm::io
