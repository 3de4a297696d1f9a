// SPDX-License-Identifier: MIT
// The zip library in this process (the readers have it in a child) and, of entries and of the bytes
// themselves, the header of a numpy array.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "input.hpp"
#include "io/files/input_file.hpp"
#include "io/numpy/npy_header.hpp"
#include "io/zip/zip_library.hpp"
#include "model/base/error.hpp"

namespace {

using namespace tmm::io;

constexpr std::uint64_t most = 1U << 20U;  // bytes of an entry

void read_array(const std::string& bytes) {
  try {
    const auto header = numpy::read_header(bytes, bytes.size(), "file", "array");
    if (header.offset + header.info.bytes() != bytes.size()) std::abort();
  } catch (const tmm::FormatError&) {
  }
}

void read_entry(zip_library::Archive& archive, std::uint64_t i, std::uint64_t size) {
  try {
    std::string bytes(std::min(size, most), '\0');
    zip_library::Archive::Stream stream(archive, i);
    stream.read(std::as_writable_bytes(std::span(bytes)), size <= most);
    read_array(bytes);
  } catch (const tmm::FormatError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tmm::fuzz::Input input(data, size);
  read_array(std::string(reinterpret_cast<const char*>(data), size));
  try {
    const InputFile file(input.path());
    zip_library::Archive archive(file);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(archive.size(), 64); ++i) {
      const auto entry = archive.entry(i);
      if (entry.packed != 0 && entry.offset >= size) std::abort();
      read_entry(archive, i, entry.size);
    }
  } catch (const tmm::FormatError&) {
  }
  return 0;
}
