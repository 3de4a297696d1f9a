// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace tmm::io {

/// An attribute of an HDF5 object as text: strings as they are, numbers in the fewest decimals that read back
/// as the same number, booleans as TRUE and FALSE, arrays as JSON, [[1, 2], [3, 4]].
struct Attribute {
  std::string text;
  bool is_array = false;
  std::string lost;  ///< what the attribute is, if `text` does not hold all of it: "compound", …; else empty
};

using Attributes = std::map<std::string, Attribute>;

/// Bounds on what is read of one object: attributes, and bytes of all their texts.
constexpr std::size_t maximum_attributes = 4096;
constexpr std::size_t maximum_attribute_bytes = std::size_t{16} << 20U;

}  // namespace tmm::io
