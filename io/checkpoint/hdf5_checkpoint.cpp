// SPDX-License-Identifier: MIT
#include "io/checkpoint/hdf5_checkpoint.hpp"

#include <utility>

#include "io/hdf5/hdf5_reader.hpp"

namespace tmm::io {
namespace {

class Hdf5Checkpoint : public TensorSource {
 public:
  Hdf5Checkpoint(const std::string& path, hdf5::Contents contents)
      : TensorSource(path, "HDF5", contents.file_size, contents.datasets, std::move(contents.attributes)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    hdf5::read_values(header().path, wanted, sink);
  }
};

}  // namespace

std::unique_ptr<TensorSource> open_hdf5_checkpoint(const std::string& path) {
  return std::make_unique<Hdf5Checkpoint>(path, hdf5::read_contents(path));
}

}  // namespace tmm::io
