// SPDX-License-Identifier: MIT
// One file of safetensors; and the bytes as the index of a sharded checkpoint. What is accepted must keep the
// format's promise: every byte of the data belongs to exactly one tensor.
#include "input.hpp"
#include "io/checkpoint/safetensors_header.hpp"
#include "io/checkpoint/safetensors_json.hpp"
#include "io/files/input_file.hpp"
#include "model/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tmm::io;
  const tmm::fuzz::Input input(data, size);
  try {
    safetensors::parse_index(std::string(reinterpret_cast<const char*>(data), size), "index");
  } catch (const tmm::FormatError&) {
  }
  try {
    const InputFile file(input.path());
    const auto header = safetensors::read_header(file);
    std::uint64_t end = size;
    for (auto entry = header.entries.rbegin(); entry != header.entries.rend(); ++entry) {
      // Sub-byte types have no size in bytes per element; the reader has checked theirs.
      if (entry->info.element != Element::other && entry->offset + entry->info.bytes() != end) std::abort();
      end = entry->offset;
    }
    if (!header.entries.empty() && end < safetensors::length_bytes + 2) std::abort();
  } catch (const tmm::FormatError&) {
  }
  return 0;
}
