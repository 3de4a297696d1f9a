// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tmm::io {

/// The bytes in base64 (RFC 4648), padded.
std::string base64(std::string_view bytes);

/// "…" of the values as type Stored, little-endian: a JSON string that the page's tmm.unpack reads.
template <class Stored, class Values>
std::string packed(const Values& values) {
  std::string bytes;
  bytes.reserve(values.size() * sizeof(Stored));
  for (const auto& value : values) {
    const auto stored = static_cast<Stored>(value);
    bytes.append(reinterpret_cast<const char*>(&stored), sizeof stored);
  }
  return '"' + base64(bytes) + '"';
}

/// {"type": "f4" or "f8" (exact either way), "data"}.
std::string packed_taps(const std::vector<double>& taps);

}  // namespace tmm::io
