// SPDX-License-Identifier: MIT
// Arrays of HDF5 files: tokens, golden values, trajectories.
#include "input.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = tmm::fuzz::with_hdf5_signature(data, size);
  const tmm::fuzz::Input input(bytes.data(), bytes.size());
  try {
    tmm::io::read_attributes(input.path());
    for (const std::string& name : tmm::io::list_arrays(input.path())) {
      try {
        tmm::io::read_array<std::int64_t>(input.path(), name);
      } catch (const tmm::Error&) {
      }
      tmm::io::read_array<double>(input.path(), name);
    }
  } catch (const tmm::Error&) {
  }
  return 0;
}
