// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/zip/zip_files.hpp"

namespace tmm::test {

/// An array in numpy's form with this dictionary, padded as numpy pads it, before these numbers.
inline std::string npy_bytes(const std::string& dictionary, const std::string& numbers, char version = 1) {
  const std::size_t width = version == 1 ? 2 : 4, before = 8 + width;
  std::string text = dictionary;
  text.append(63 - (before + text.size()) % 64, ' ');
  text += '\n';
  return "\x93NUMPY" + std::string{version, '\0'} + le(text.size(), width) + text + numbers;
}

/// With `bytes` zeros as numbers.
inline std::string npy_bytes(const std::string& dictionary, std::size_t bytes, char version = 1) {
  return npy_bytes(dictionary, std::string(bytes, '\0'), version);
}

}  // namespace tmm::test
