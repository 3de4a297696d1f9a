// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "io/checkpoint/tensor_source.hpp"

namespace tmm::test {

/// Type, shape and bytes of every array, by its state-dict name.
using Values =
    std::map<std::string, std::tuple<std::string, std::vector<std::size_t>, std::vector<std::byte>>>;

inline Values values_of(const io::TensorSource& source) {
  Values found;
  for (const auto& [name, info] : source.datasets()) {
    std::vector<std::byte> bytes;
    source.read({&info, 1}, [&bytes, size = info.bytes()](std::size_t) {
      bytes.resize(size);
      return std::span(bytes);
    });
    found[name] = {info.type, info.shape, bytes};
  }
  return found;
}

inline Values values_of(const std::string& path) {
  return values_of(*io::open_checkpoint(path));
}

}  // namespace tmm::test
