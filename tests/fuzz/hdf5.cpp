// SPDX-License-Identifier: MIT
// HDF5 checkpoints. The library runs in children, whose coverage libFuzzer does not see: this is mutation of
// the seeds, with the sanitizers watching what the parent makes of the children's answers.
#include "input.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "model/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = tmm::fuzz::with_hdf5_signature(data, size);
  const tmm::fuzz::Input input(bytes.data(), bytes.size());
  try {
    tmm::io::read_header(input.path());
    tmm::io::read_checkpoint(input.path());
  } catch (const tmm::Error&) {
  }
  return 0;
}
