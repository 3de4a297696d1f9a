// SPDX-License-Identifier: MIT
#include "io/checkpoint.hpp"

#include <string_view>

#include "io/hdf5_checkpoint.hpp"
#include "io/input_file.hpp"
#include "model/error.hpp"

namespace tmm::io {
namespace {

enum class Format { hdf5 };

/// The format signature of HDF5 stands at 0, or after a user block of 512, 1024, … bytes.
bool has_hdf5_signature(const InputFile& file) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  for (std::uint64_t offset = 0; offset < file.size(); offset = offset == 0 ? 512 : 2 * offset)
    if (file.read(offset, signature.size()) == signature) return true;
  return false;
}

/// By content, never by the file's name.
Format detect(const std::string& path) {
  const InputFile file(path);
  if (file.size() == 0) throw FormatError("file is empty", {path, "", "an HDF5 checkpoint", "0 bytes", ""});
  if (has_hdf5_signature(file)) return Format::hdf5;
  const std::string start = file.read(0, 4);
  std::string hint;
  if (start == std::string_view("PK\x03\x04", 4) || start.starts_with("\x80\x02"))
    hint = "It looks like a file of torch.save: write its state_dict() to HDF5 with h5py first.";
  throw FormatError("not an HDF5 file", {path, "", "an HDF5 checkpoint", "no HDF5 signature", hint});
}

}  // namespace

CheckpointHeader read_header(const std::string& path) {
  switch (detect(path)) {
    case Format::hdf5:
      break;
  }
  return read_hdf5_header(path);
}

model::StateDict read_checkpoint(const std::string& path, Selection selection) {
  switch (detect(path)) {
    case Format::hdf5:
      break;
  }
  return read_hdf5_checkpoint(path, selection);
}

}  // namespace tmm::io
